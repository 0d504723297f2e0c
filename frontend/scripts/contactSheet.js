// Lays the pictures of `make screenshots` side by side: one page to leaf through,
// and one picture for each device, theme and language.

import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from '@playwright/test';
import config from '../playwright.config.js';

const folder = resolve(import.meta.dirname, '..', 'screenshots');

const style = `
  body { margin: 24px; font: 13px system-ui, sans-serif; background: #8a8a86; color: #111 }
  section { display: flex; flex-wrap: wrap; gap: 20px }
  figure { margin: 0 }
  figcaption { margin-bottom: 4px }
  img { display: block; width: 460px }
  .phone img { width: 260px }
`;

const sets = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .toSorted();

/** @param {string} set */
function section(set) {
  const figures = readdirSync(join(folder, set))
    .filter((file) => file.endsWith('.png'))
    .toSorted()
    .map((file) => {
      const address = `${encodeURIComponent(set)}/${encodeURIComponent(file)}`;
      const caption = file.replace(/\.png$/, '');
      return `<figure><figcaption>${caption}</figcaption><a href="${address}"><img src="${address}" alt=""></a></figure>`;
    });
  return `<h1>${set}</h1><section class="${set.split(' ')[0]}">${figures.join('')}</section>`;
}

/** @param {string} body */
const document = (body) =>
  `<!doctype html><meta charset="utf-8"><title>Teahouse</title><style>${style}</style>${body}`;

writeFileSync(join(folder, 'index.html'), document(sets.map(section).join('')));

const browser = await chromium.launch(config.use?.launchOptions);
try {
  const page = await browser.newPage({ viewport: { width: 1970, height: 900 } });
  for (const set of sets) {
    const file = join(folder, `${set}.html`);
    writeFileSync(file, document(section(set)));
    await page.goto(pathToFileURL(file).href);
    await page.screenshot({ path: join(folder, `${set}.png`), fullPage: true });
  }
} finally {
  await browser.close();
}
console.log(`Look at ${pathToFileURL(join(folder, 'index.html'))}`);
