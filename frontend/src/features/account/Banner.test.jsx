import { act, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { enter, prepare, tidy } from '../../testing/page.jsx';

/** @type {import('../../testing/fakeServer.js').FakeServer} */
let server;

beforeEach(() => {
  server = prepare();
});

afterEach(tidy);

test('a lost connection is told in an element that was there before', async () => {
  await enter();
  await screen.findByText('This is where General begins.');
  const before = screen.getAllByRole('status');
  expect(before.map(({ textContent }) => textContent).join('')).toBe('');
  server.up = false;
  act(() => server.drop());
  const status = /** @type {HTMLElement} */ (
    (await screen.findByText('Reconnecting…')).closest('[role=status]')
  );
  expect(before).toContain(status);
  server.up = true;
  await waitFor(() => expect(status.textContent).toBe(''));
  expect(status.isConnected).toBe(true);
});

test('before the first connection there is nothing to connect again', async () => {
  server.silent = true;
  await enter();
  expect((await screen.findByText('Connecting…')).closest('[role=status]')).not.toBeNull();
});
