/**
 * Brings somebody to a room: to a page that shows it, else to any page of ours,
 * else to a new one.
 * @param {Clients} clients
 * @param {string} room
 */
export async function openRoom(clients, room) {
  const path = `/rooms/${room}`;
  const pages = await clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = pages.find(({ url }) => new URL(url).pathname === path) ?? pages[0];
  if (!page) {
    await clients.openWindow(path);
    return;
  }
  page.postMessage({ op: 'open', room });
  await page.focus();
}
