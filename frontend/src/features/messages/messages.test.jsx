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

const composer = () => screen.findByRole('textbox', { name: 'Message to General' });

test('a message of one’s own is one element from typed to written', async () => {
  await enter();
  await composer();
  const log = screen.getByRole('log');
  /** @type {string[]} */
  const added = [];
  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      for (const node of addedNodes) added.push(node.textContent ?? '');
    }
  });
  await screen.findByText('This is where General begins.');
  server.silent = true;
  observer.observe(log, { childList: true, subtree: true });
  await userEvent.type(await composer(), 'thank you{Enter}');
  const before = (await screen.findByText('thank you')).closest('article');
  expect(before?.querySelector('[data-state=pending]')).not.toBeNull();

  server.silent = false;
  act(() => server.drop());
  await waitFor(() => expect(before?.querySelector('[data-state=pending]')).toBeNull());
  await waitFor(() => expect(server.room('general').log).toHaveLength(1));
  expect(screen.getByText('thank you').closest('article')).toBe(before);
  observer.disconnect();
  expect(added.filter((text) => text.includes('thank you'))).toHaveLength(1);
});

test('who wrote and when stands once with every message', async () => {
  server.say('general', 'Bob', 'one');
  server.say('general', 'Bob', 'two');
  await enter();
  for (const text of ['one', 'two']) {
    const article = (await screen.findByText(text)).closest('article');
    const heard = article?.cloneNode(true);
    if (!(heard instanceof HTMLElement)) throw new Error('no article');
    for (const hidden of heard.querySelectorAll('[aria-hidden=true]')) hidden.remove();
    expect(heard.hasAttribute('aria-label')).toBe(false);
    expect(heard.textContent?.match(/Bob/g)).toHaveLength(1);
    expect(heard.textContent?.match(/\d:\d\d/g)).toHaveLength(1);
  }
});

test('what came while away counts as read once there is a connection', async () => {
  const visible = vi.spyOn(document, 'visibilityState', 'get');
  const look = (/** @type {'visible' | 'hidden'} */ state) => {
    visible.mockReturnValue(state);
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
  };
  await enter();
  await composer();
  look('hidden');
  act(() => void server.say('general', 'Bob', 'are you there?'));
  await screen.findByText('are you there?');
  server.up = false;
  act(() => server.drop());
  await screen.findByText('not connected');
  look('visible');
  server.reads.set('general', 0);
  server.up = true;
  const expected = expect.objectContaining({ room: 'general', seq: 1 });
  await waitFor(() => expect(server.received('read')).toContainEqual(expected));
});

test('who types is shown, not announced', async () => {
  await enter();
  await composer();
  const [connection] = server.connections;
  act(() => connection.tell({ op: 'typing', room: 'general', user: { id: 'u_Bob', name: 'Bob' } }));
  expect((await screen.findByText('Bob is typing…')).closest('[aria-live]')).toBeNull();
});
