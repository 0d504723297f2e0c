import { join, resolve } from 'node:path';
import { test } from './fixtures.js';
import { locales, tours } from './tours.js';
import { wordsOf } from './words.js';

/** @import {Page} from '@playwright/test' */

const folder = resolve(import.meta.dirname, '..', 'screenshots');

/** @param {number} nth */
const numbered = (nth) => String(nth).padStart(2, '0');

// No test: `make screenshots` goes through every view and takes its picture.
for (const locale of locales) {
  for (const [at, [name, tour]] of Object.entries(tours).entries()) {
    test(`${name}, ${locale}`, async ({ server, device, guest, problems }, { project }) => {
      test.setTimeout(300_000);
      let taken = 0;
      /** @param {Page} page @param {string} view */
      async function see(page, view) {
        taken += 1;
        const file = `${numbered(at + 1)}-${numbered(taken)} ${view}.png`;
        for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({
            path: join(folder, `${project.name} ${colorScheme} ${locale}`, file),
            animations: 'disabled',
            caret: 'initial',
          });
        }
      }
      await tour({ server, device, guest, problems, locale, t: wordsOf(locale), see });
    });
  }
}
