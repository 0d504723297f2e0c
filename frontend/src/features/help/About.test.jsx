import { screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { enter, load, prepare, tidy } from '../../testing/page.jsx';
import about from '../../../../protocol/fixtures/http/About.json';

/** @type {import('../../testing/fakeServer.js').FakeServer} */
let server;

beforeEach(() => {
  server = prepare();
});

afterEach(tidy);

test('tells version and health to anybody', async () => {
  history.replaceState(null, '', '/about');
  load();
  expect(await screen.findByText(about.version)).toBeTruthy();
  expect((await screen.findByText('ready')).closest('[role=status]')).not.toBeNull();
  expect(screen.getByRole('link', { name: 'Licences' }).getAttribute('href')).toBe('/licenses.md');
});

test('says when the server does not answer, and asks again', async () => {
  server.up = false;
  history.replaceState(null, '', '/about');
  load();
  expect(await screen.findByText('does not answer')).toBeTruthy();
  expect(screen.getByText('unknown')).toBeTruthy();
  server.up = true;
  await userEvent.click(screen.getByRole('button', { name: 'Ask again' }));
  expect(await screen.findByText('ready')).toBeTruthy();
  expect(screen.getByText(about.version)).toBeTruthy();
});

test('is reached from one’s own menu, and left to where one was', async () => {
  await enter();
  await screen.findByRole('textbox', { name: 'Message to General' });
  await userEvent.click(screen.getByRole('button', { name: /You and your settings/ }));
  await userEvent.click(screen.getByRole('menuitem', { name: 'About Teahouse' }));
  expect(await screen.findByRole('heading', { level: 1, name: 'Teahouse' })).toBeTruthy();
  expect(location.pathname).toBe('/about');
  expect(document.activeElement).toBe(screen.getByRole('heading', { level: 1 }));
  await userEvent.click(screen.getByRole('button', { name: /Back/ }));
  await waitFor(() => expect(location.pathname).toBe('/rooms/general'));
  expect(await screen.findByRole('textbox', { name: 'Message to General' })).toBeTruthy();
});
