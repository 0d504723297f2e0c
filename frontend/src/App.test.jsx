import { act, screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { enter, load, prepare, tidy } from './testing/page.jsx';

/** @type {import('./testing/fakeServer.js').FakeServer} */
let server;

beforeEach(() => {
  server = prepare();
});

afterEach(tidy);

test('from the door to the first message', async () => {
  server.say('general', 'Bob', 'welcome, have a seat');
  await enter();
  expect(await screen.findByText('welcome, have a seat')).toBeTruthy();
  expect(location.pathname).toBe('/rooms/general');

  await userEvent.type(
    screen.getByRole('textbox', { name: 'Message to General' }),
    'thank you{Enter}',
  );
  expect(await screen.findByText('thank you')).toBeTruthy();
  await waitFor(() => expect(server.room('general').log).toHaveLength(2));
  expect(screen.getAllByText('thank you')).toHaveLength(1);
});

test('while nobody knows yet who is here, that is said', async () => {
  vi.stubGlobal('fetch', () => new Promise(() => {}));
  load();
  expect((await screen.findByRole('status')).textContent).toBe('One moment…');
});

test('a taken name is told in words, and the name stays', async () => {
  server.names.add('Ada');
  await enter();
  expect(await screen.findByText(/already called Ada/)).toBeTruthy();
  expect(screen.getByLabelText('Your name')).toHaveProperty('value', 'Ada');
});

test('a message that cannot be sent can be tried again', async () => {
  server.refusals.push({ code: 'forbidden' });
  await enter();
  await userEvent.type(await screen.findByRole('textbox', { name: /Message to/ }), 'hello{Enter}');
  await userEvent.click(await screen.findByRole('button', { name: 'Retry' }));
  await waitFor(() => expect(server.room('general').log).toHaveLength(1));
  expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull();
});

test('an address of no room says so and leads out', async () => {
  history.replaceState(null, '', '/rooms/nowhere');
  await enter();
  expect(await screen.findByText('There is no such room')).toBeTruthy();
  await userEvent.click(screen.getByRole('link', { name: 'Go to General' }));
  expect(await screen.findByRole('log', { name: 'Messages in General' })).toBeTruthy();
});

test('looking around, joining, and back', async () => {
  server.addRoom('tea', 'Tea', 'leaves');
  history.replaceState(null, '', '/rooms/tea');
  await enter();
  await userEvent.click(await screen.findByRole('button', { name: 'Join room' }));
  expect(await screen.findByRole('textbox', { name: 'Message to Tea' })).toBeTruthy();
});

test('what was written for a room that is gone can be had back', async () => {
  const client = await enter();
  await screen.findByRole('textbox', { name: /Message to/ });
  await client.send('gone', 'still mine');
  await userEvent.click(await screen.findByRole('link', { name: 'gone, something was not sent' }));
  expect(await screen.findByText('There is no such room')).toBeTruthy();
  expect(screen.getByText('still mine')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Delete' }));
  await waitFor(() => expect(screen.queryByText('still mine')).toBeNull());
  expect(screen.queryByRole('link', { name: /something was not sent/ })).toBeNull();
});

test('what was not sent when a session ended is for whoever comes next to decide', async () => {
  await enter();
  const box = await screen.findByRole('textbox', { name: /Message to/ });
  server.up = false;
  server.drop();
  await userEvent.type(box, 'never sent{Enter}');
  server.user = null;
  server.up = true;
  const name = await screen.findByLabelText('Your name');
  await userEvent.clear(name);
  await userEvent.type(name, 'Eve{Enter}');
  await screen.findByRole('dialog', { name: 'Left on this device' });
  expect(server.room('general').log).toEqual([]);
  await userEvent.click(screen.getByRole('button', { name: 'Send as Eve' }));
  await waitFor(() => expect(server.room('general').log).toMatchObject([{ body: 'never sent' }]));
  expect(screen.queryByRole('dialog')).toBeNull();
});

describe('the people of a room', () => {
  const box = () => screen.findByRole('textbox', { name: /Message to/ });

  /** Comes in and shows them. */
  async function showPeople() {
    server.addRoom('tea', 'Tea', 'leaves');
    const client = await enter();
    await box();
    await act(() => client.becomeMember('tea'));
    await userEvent.click(screen.getByRole('button', { name: /People here/ }));
    return screen.findByRole('heading', { name: 'Here now' });
  }

  const gone = () =>
    waitFor(() => expect(screen.queryByRole('heading', { name: 'Here now' })).toBeNull());

  test('closed, the focus is back on the button that showed them', async () => {
    const heading = await showPeople();
    expect(document.activeElement).toBe(heading);
    await userEvent.keyboard('{Escape}');
    await gone();
    expect(document.activeElement).toBe(screen.getByRole('button', { name: /People here/ }));
  });

  test('whoever writes goes on writing when they are closed', async () => {
    await showPeople();
    await userEvent.type(await box(), 'hel');
    await userEvent.keyboard('{Escape}');
    await gone();
    await userEvent.keyboard('lo');
    expect(await box()).toHaveProperty('value', 'hello');
  });

  test('the focus is not lost where that button is of another room by now', async () => {
    await showPeople();
    await userEvent.click(screen.getByRole('link', { name: 'Tea' }));
    await screen.findByRole('textbox', { name: 'Message to Tea' });
    screen.getByRole('button', { name: 'Close' }).focus();
    await userEvent.keyboard('{Enter}');
    await gone();
    expect(document.activeElement).not.toBe(document.body);
  });
});

test('going back closes what is open over the page', async () => {
  server.addRoom('tea', 'Tea', 'leaves');
  const client = await enter();
  await screen.findByRole('textbox', { name: 'Message to General' });
  await act(() => client.becomeMember('tea'));
  await userEvent.click(screen.getByRole('link', { name: 'Tea' }));
  await screen.findByRole('textbox', { name: 'Message to Tea' });
  await userEvent.keyboard('{Control>}/{/Control}');
  await screen.findByRole('dialog');
  act(() => history.back());
  await screen.findByRole('textbox', { name: 'Message to General' });
  expect(screen.queryByRole('dialog')).toBeNull();
});
