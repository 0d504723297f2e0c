import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = import.meta.dirname;

/** What each part of the client may import, besides its own folder. */
const known = /** @type {Record<string, RegExp>} */ ({
  api: /^lib\//,
  state: /^lib\//,
  lib: /^$/,
  platform: /^lib\//,
  sw: /^$/,
  i18n: /^lib\/|^react$/,
  theme: /^lib\//,
  components: /^(lib|i18n)\/|^react$/,
  features:
    /^(state|api|components|lib|i18n|theme|platform)\/|^(react|react-dom|wouter|@tanstack\/react-virtual)$/,
});

/** What only these may do: everybody else asks them. */
const alone = /** @type {[string, RegExp, string[]][]} */ ([
  ['opens a WebSocket', /new WebSocket\(/, ['api/plain.js', 'api/socket.js']],
  ['calls fetch', /\bfetch\(/, ['api/http.js', 'api/plain.js', 'sw/shell.js']],
  ['makes a policy for Trusted Types', /createPolicy\(/, ['platform/trusted.js']],
  ['registers a service worker', /\.register\(/, ['platform/updates.js']],
  ['shows notifications', /showNotification\(|\bNotification\(/, ['platform/notices.js']],
  ['touches localStorage', /\blocalStorage\./, ['lib/memory.js']],
  ['opens the database', /\bopenDB\(/, ['state/database.js']],
]);

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.jsx?$/.test(name) && !/\.test\.jsx?$|^testing/.test(name))
  .map((name) => ({ name, source: withoutComments(readFileSync(join(root, name), 'utf8')) }));

/** @param {string} source */
function withoutComments(source) {
  return source.replace(/\/\*[\s\S]*?\*\//g, '');
}

/** What a file imports when it runs; @param {{name: string, source: string}} file */
function imports({ name, source }) {
  const found = source.matchAll(/(?:^|[\s;(])(?:import|from)\s*\(?\s*'([^']+)'/g);
  return Array.from(found, ([, target]) =>
    target.startsWith('.') ? relative(root, resolve(root, dirname(name), target)) : target,
  );
}

describe.each(Object.entries(known))('%s', (folder, allowed) => {
  const inside = files.filter(({ name }) => name.startsWith(`${folder}/`));

  test.each(inside)('$name knows its place', (file) => {
    const own = folder === 'features' ? file.name.split('/').slice(0, 2).join('/') : folder;
    const exceptions = {
      'state/store.js': /^react$/,
      'state/database.js': /^idb$/,
      'lib/highlight.js': /^highlight\.js\//,
      'components/EmojiPicker.jsx': /^frimousse$/,
    }[file.name];
    const foreign = imports(file).filter(
      (target) =>
        !target.startsWith(`${own}/`) && !allowed.test(target) && !exceptions?.test(target),
    );
    expect(foreign).toEqual([]);
  });
});

test.each(alone)('only who may %s', (_, pattern, allowed) => {
  const found = files.filter(({ source }) => pattern.test(source)).map(({ name }) => name);
  expect(found.toSorted()).toEqual(allowed);
});

test('nothing is put into the page as markup', () => {
  const found = files.filter(({ source }) =>
    /dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML/.test(source),
  );
  expect(found).toEqual([]);
});

test('nothing needs a secure context', () => {
  const found = files
    .filter(({ name }) => !/^(sw|platform)\//.test(name)) // these do without, or are not there
    .filter(({ source }) =>
      /crypto\.(randomUUID|subtle)|navigator\.(clipboard|serviceWorker)\b/.test(source),
    );
  expect(found).toEqual([]);
});
