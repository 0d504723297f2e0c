import { createShell } from './shell.js';
import { openRoom } from './notices.js';

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));
const shell = createShell(TEAHOUSE_BUILD);

worker.addEventListener('install', (event) => event.waitUntil(shell.install()));

// Pages that are open stay as they are; from now on this worker is theirs too.
worker.addEventListener('activate', (event) =>
  event.waitUntil(Promise.all([shell.sweep(), worker.clients.claim()])),
);

worker.addEventListener('fetch', (event) => shell.answer(event));

worker.addEventListener('message', (event) => {
  // A page whose drafts are saved wants this version now.
  if (event.data.op === 'activate') event.waitUntil(worker.skipWaiting());
  if (event.data.op === 'idle') event.waitUntil(tidy());
});

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openRoom(worker.clients, event.notification.tag));
});

/** A page has opened and has nothing better to do. */
async function tidy() {
  const { connection } = /** @type {{connection?: {saveData?: boolean}}} */ (worker.navigator);
  if (!connection?.saveData) await shell.fill();
  // The files of a version that is about to come are nobody's yet.
  const { installing, waiting } = worker.registration;
  if (!installing && !waiting) await shell.sweep();
}
