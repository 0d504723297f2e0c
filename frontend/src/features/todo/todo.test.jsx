import { act, screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { enter, prepare, tidy } from '../../testing/page.jsx';

/** @type {import('../../testing/fakeServer.js').FakeServer} */
let server;

beforeEach(() => {
  server = prepare();
});

afterEach(tidy);

test('a list that was overtaken while it came is asked for again', async () => {
  const client = await enter();
  await screen.findByRole('textbox', { name: 'Message to General' });
  const todos = () => client.store.get().rooms.general.todos;
  await userEvent.click(screen.getByRole('button', { name: 'To-do list' }));
  await waitFor(() => expect(todos()).toMatchObject({ seq: 0 }));

  // What was opened again was added when nobody here knows: the list is read anew.
  const back = {
    op: 'event',
    room: 'general',
    seq: 1,
    kind: 'todo',
    id: 'm_1',
    message: 'm_0',
    body: 'tea',
    user: { id: 'u_Bob', name: 'Bob' },
    at: 1,
    on: true,
  };
  let seq = 0;
  vi.spyOn(server, 'todos').mockImplementation((room) => ({
    room,
    epoch: server.epoch,
    seq: seq++,
    items: [],
  }));
  act(() => client.store.dispatch(/** @type {any} */ (back)));
  expect(todos()).toMatchObject({ stale: true });
  await waitFor(() => expect(todos()).toEqual({ epoch: server.epoch, seq: 1, items: [] }));
});
