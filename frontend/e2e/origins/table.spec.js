// docs/origins.md names the tests of every row: what it says is so.
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from '@playwright/test';

const root = resolve(import.meta.dirname, '..', '..', '..');

/** How many rows each tutorial has. */
const ROWS = [7, 6, 7, 5, 6];

/** All files of a folder, together. @param {string} folder @param {RegExp} name */
async function sources(folder, name) {
  const files = (await readdir(folder)).filter((file) => name.test(file));
  return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('\n');
}

test('docs/origins.md names the tests of every row, and none that is not there', async () => {
  const page = await readFile(join(root, 'docs', 'origins.md'), 'utf8');
  const rows = page
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .filter(([, row]) => /^\d\.\d$/.test(row));
  const wanted = ROWS.flatMap((count, origin) =>
    Array.from({ length: count }, (_, at) => `${origin}.${at + 1}`),
  );
  expect(rows.map(([, row]) => row)).toEqual(wanted);

  const go = await sources(join(root, 'backend'), /_test\.go$/);
  const functions = [...go.matchAll(/^func (Test\w+)\(/gm)].map(([, name]) => name);
  const script = await sources(import.meta.dirname, /\.spec\.js$/);
  // What varies in a title is an ellipsis here.
  const titles = [...script.matchAll(/^ *test\(\s*(['`])(\d\.\d .*?)\1,/gms)].map(([, , title]) =>
    title.replaceAll(/\$\{[^}]*\}/g, '…'),
  );
  for (const [, row, , inGo, inBrowser] of rows) {
    for (const name of inGo.split(' ')) expect(functions).toContain(name.replaceAll('`', ''));
    const shown = inBrowser.split('<br>').map((title) => `${row} ${title}`);
    expect(shown.toSorted()).toEqual(
      titles.filter((title) => title.startsWith(`${row} `)).toSorted(),
    );
  }
});
