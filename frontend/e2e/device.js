/** @import {Page} from '@playwright/test' */

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

/** How many drafts are on the disk. @param {Page} page @returns {Promise<number>} */
export const draftsOnDisk = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const opening = indexedDB.open('teahouse');
        opening.onsuccess = () => {
          const asking = opening.result.transaction('drafts').objectStore('drafts').count();
          asking.onsuccess = () => {
            opening.result.close();
            resolve(asking.result);
          };
        };
      }),
  );
