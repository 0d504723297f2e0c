import { expect, test } from 'vitest';
import { openRoom } from './notices.js';

/** Pages of ours, and what is done to them. @param {string[]} paths */
function browser(paths) {
  /** @type {string[]} */
  const done = [];
  const pages = paths.map((path) => ({
    url: `https://tea.example${path}`,
    postMessage: (/** @type {{room: string}} */ { room }) => done.push(`${path} opens ${room}`),
    focus: async () => done.push(`${path} comes to the front`),
  }));
  const clients = /** @type {Clients} */ (
    /** @type {unknown} */ ({
      matchAll: async () => pages,
      openWindow: async (/** @type {string} */ path) => done.push(`a new page opens ${path}`),
    })
  );
  return { clients, done };
}

test('a click leads to the page that shows the room', async () => {
  const { clients, done } = browser(['/rooms/general', '/rooms/tea']);
  await openRoom(clients, 'tea');
  expect(done).toEqual(['/rooms/tea opens tea', '/rooms/tea comes to the front']);
});

test('else to any page of ours', async () => {
  const { clients, done } = browser(['/about', '/rooms/general']);
  await openRoom(clients, 'tea');
  expect(done).toEqual(['/about opens tea', '/about comes to the front']);
});

test('else to a new one', async () => {
  const { clients, done } = browser([]);
  await openRoom(clients, 'tea');
  expect(done).toEqual(['a new page opens /rooms/tea']);
});
