// node scripts/icons.mjs: draws the icons of the installed app from the page's
// own mark into public/icons. Run by hand when the mark changes; needs Chromium.
import { mkdir, readFile } from 'node:fs/promises';
import { chromium } from '@playwright/test';

const into = new URL('../public/icons/', import.meta.url);
const mark = await readFile(new URL('../public/favicon.svg', import.meta.url), 'utf8');

/** Systems cut these to a shape of their own: green to the edge, the bowl within the inner circle. */
const full = mark
  .replace('viewBox="0 0 32 32"', 'viewBox="-4 -4 40 40"')
  .replace(/<rect[^>]*>/, '<rect x="-4" y="-4" width="40" height="40" fill="#2f6b4f" />');

const icons = [
  { name: 'icon-192', size: 192, svg: mark },
  { name: 'icon-512', size: 512, svg: mark },
  { name: 'maskable-512', size: 512, svg: full },
  { name: 'apple-touch-icon', size: 180, svg: full },
];

await mkdir(into, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
});
for (const { name, size, svg } of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(
    `<style>body { margin: 0 } svg { display: block; width: 100vw }</style>${svg}`,
  );
  await page.screenshot({
    path: new URL(`${name}.png`, into).pathname,
    omitBackground: true,
  });
  await page.close();
}
await browser.close();
