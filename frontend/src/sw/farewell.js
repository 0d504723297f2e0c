/**
 * Served as /sw.js while the client is being worked on: the worker that a built
 * client left at the same address would hide the files being worked on.
 */
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));

worker.addEventListener('install', (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener('activate', (event) => event.waitUntil(leave()));

async function leave() {
  for (const name of await caches.keys()) {
    if (name.startsWith('teahouse:')) await caches.delete(name);
  }
  const pages = await worker.clients.matchAll({ type: 'window' });
  await worker.registration.unregister();
  for (const page of pages) await page.navigate(page.url).catch(() => null);
}
