import { expect } from './fixtures.js';

/** @import {Page} from '@playwright/test' */

/** Everything the service worker wants to keep is on the device. @param {Page} page */
export async function settled(page) {
  await page.evaluate(() => navigator.serviceWorker.ready);
  const code = await page.evaluate(async () => (await fetch('/sw.js')).text());
  const wanted = Array.from(code.matchAll(/"(\/[^"]*)":"[0-9a-f]{16}"/g), ([, path]) => path);
  const missing = async () => {
    const there = await kept(page);
    return wanted.filter((path) => !there.includes(path));
  };
  await expect.poll(missing, { message: 'what the worker still has to keep' }).toEqual([]);
  await expect
    .poll(() => page.evaluate(() => Boolean(navigator.serviceWorker.controller)))
    .toBe(true);
}

/** The addresses in all caches of this browser. @param {Page} page @returns {Promise<string[]>} */
export function kept(page) {
  return page.evaluate(async () => {
    const paths = [];
    for (const name of await caches.keys()) {
      const requests = await (await caches.open(name)).keys();
      paths.push(...requests.map(({ url }) => new URL(url).pathname));
    }
    return paths;
  });
}

/** How many versions of the client are kept in this browser. @param {Page} page */
export const versions = (page) => page.evaluate(async () => (await caches.keys()).length);

/** A room with these words can be read on this device without a server. @param {Page} page @param {string} words */
export async function readable(page, words) {
  const rooms = () =>
    page.evaluate(
      () =>
        new Promise((resolve) => {
          const opening = indexedDB.open('teahouse');
          opening.onsuccess = () => {
            const asking = opening.result.transaction('rooms').objectStore('rooms').getAll();
            asking.onsuccess = () => {
              opening.result.close();
              resolve(JSON.stringify(asking.result));
            };
          };
        }),
    );
  await expect.poll(rooms).toContain(words);
}
