import { screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { enter, prepare, tidy } from '../../testing/page.jsx';

/** @type {import('../../testing/fakeServer.js').FakeServer} */
let server;

beforeEach(() => {
  server = prepare();
});

afterEach(() => {
  tidy();
  delete document.documentElement.dataset.theme;
  delete document.documentElement.dataset.density;
});

/** Comes in and opens the settings. */
async function settings() {
  const client = await enter();
  await screen.findByRole('textbox', { name: 'Message to General' });
  await userEvent.click(screen.getByRole('button', { name: /You and your settings/ }));
  await userEvent.click(screen.getByRole('menuitem', { name: 'Settings' }));
  return { client, dialog: await screen.findByRole('dialog', { name: 'Settings' }) };
}

/** @param {HTMLElement} dialog @param {string} name */
async function rename(dialog, name) {
  const field = within(dialog).getByLabelText('Your name');
  await userEvent.clear(field);
  await userEvent.type(field, `${name}{Enter}`);
  return field;
}

test('another name holds at once, and that is said', async () => {
  const { dialog } = await settings();
  await rename(dialog, 'Ada L.');
  expect(await within(dialog).findByText('You are called Ada L. now.')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'You and your settings: Ada L.' })).toBeTruthy();
  expect(server.user?.name).toBe('Ada L.');
});

test('a name that is taken, none, or too long a one is told in words, and stays', async () => {
  server.names.add('Bob');
  const { dialog } = await settings();
  const field = await rename(dialog, 'Bob');
  expect(await within(dialog).findByText('Somebody here is already called Bob.')).toBeTruthy();
  expect(field).toHaveProperty('value', 'Bob');
  for (const bad of [' ', 'x'.repeat(41)]) {
    await rename(dialog, bad);
    expect(await within(dialog).findByText(/A name has 1 to 40/)).toBeTruthy();
  }
  expect(server.user?.name).toBe('Ada');
});

test('without a connection the name stays, and that is said', async () => {
  const { dialog } = await settings();
  server.up = false;
  await rename(dialog, 'Ada L.');
  expect(await within(dialog).findByText(/This needs a connection/)).toBeTruthy();
});

test('theme and density hold at once, and at the next visit', async () => {
  const { dialog } = await settings();
  const { dataset } = document.documentElement;
  await userEvent.click(within(dialog).getByRole('radio', { name: 'Dark' }));
  expect(dataset.theme).toBe('dark');
  await userEvent.click(within(dialog).getByRole('radio', { name: 'Compact' }));
  expect(dataset.density).toBe('compact');
  expect(localStorage.getItem('teahouse.density')).toBe('compact');
  await userEvent.click(within(dialog).getByRole('radio', { name: 'Comfortable' }));
  expect(dataset.density).toBeUndefined();
  expect(localStorage.getItem('teahouse.density')).toBeNull();
});

test('every part has a name', async () => {
  const { dialog } = await settings();
  const groups = within(dialog)
    .getAllByRole('group')
    .map((group) => group.querySelector('legend')?.textContent);
  expect(groups).toEqual(['Appearance', 'Density', 'Language', 'Notifications']);
});

test('leads to the sheet of keys', async () => {
  const { dialog } = await settings();
  await userEvent.click(within(dialog).getByRole('button', { name: 'Keys and formatting' }));
  expect(await screen.findByRole('dialog', { name: 'Keys and formatting' })).toBeTruthy();
  await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Settings' })).toBeNull());
});
