import { setTimeout as pause } from 'node:timers/promises';

/** @import {Page} from '@playwright/test' */

/** So soon the browser notices that a process is gone. */
const SEEN_WITHIN = 1_000;

/** The page's process dies as if the system had ended it: no event, no last word. @param {Page} page */
export async function crash(page) {
  const session = await page.context().newCDPSession(page);
  const died = page.waitForEvent('crash');
  session.send('Page.crash').catch(() => {}); // it never answers
  await died;
  await page.close();
}

/**
 * Measures from the next key press until `text` is the draft on the disk.
 * @param {Page} page with a single draft
 * @param {string} text
 * @returns {Promise<() => Promise<number>>} milliseconds, once it is there
 */
export async function watchDraft(page, text) {
  const saved = await page.evaluateHandle((text) => {
    /** @type {IDBDatabase} */
    let db;
    indexedDB.open('teahouse').onsuccess = ({ target }) => {
      db = /** @type {IDBOpenDBRequest} */ (target).result;
    };
    const read = () =>
      new Promise((resolve) => {
        const asking = db.transaction('drafts').objectStore('drafts').getAll();
        asking.onsuccess = () => resolve(asking.result[0]?.text);
      });
    return {
      took: new Promise((resolve) => {
        const pressed = async () => {
          const at = performance.now();
          while ((await read()) !== text);
          resolve(performance.now() - at);
          db.close();
        };
        document.addEventListener('input', pressed, { once: true, capture: true });
      }),
    };
  }, text);
  return () => saved.evaluate(({ took }) => /** @type {Promise<number>} */ (took));
}

/**
 * How much this device keeps in one of its stores.
 * @param {Page} page
 * @param {'drafts' | 'outbox'} store
 * @returns {Promise<number>}
 */
export const heldOnDisk = (page, store) =>
  page.evaluate(
    (store) =>
      new Promise((resolve) => {
        const opening = indexedDB.open('teahouse');
        opening.onsuccess = () => {
          const asking = opening.result.transaction(store).objectStore(store).count();
          asking.onsuccess = () => {
            opening.result.close();
            resolve(asking.result);
          };
        };
      }),
    store,
  );

/** How many drafts are on the disk. @param {Page} page */
export const draftsOnDisk = (page) => heldOnDisk(page, 'drafts');

/**
 * The process that draws `page`. It can be killed from outside, as the system does
 * when memory is short: whatever it was about to do is not done.
 * @param {Page} page
 */
export async function rendererOf(page) {
  const browser = /** @type {import('@playwright/test').Browser} */ (page.context().browser());
  const session = await browser.newBrowserCDPSession();
  const worked = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return new Map(
      processInfo.flatMap(({ id, type, cpuTime }) => (type === 'renderer' ? [[id, cpuTime]] : [])),
    );
  };
  // The browser does not tell which it is: it is the one that works when asked to.
  const before = await worked();
  await page.evaluate(() => {
    let sum = 0;
    for (let count = 0; count < 5e7; count += 1) sum += count % 7;
    return sum;
  });
  const likely = [...(await worked())]
    .map(([id, cpuTime]) => [id, cpuTime - (before.get(id) ?? cpuTime)])
    .toSorted(([, a], [, b]) => b - a);
  await session.detach();
  return {
    async kill() {
      let dead = false;
      const died = page.waitForEvent('crash').then(() => (dead = true));
      for (const [id] of likely) {
        process.kill(id, 'SIGKILL');
        await Promise.race([died, pause(SEEN_WITHIN)]);
        if (dead) return;
      }
      await died;
    },
  };
}
