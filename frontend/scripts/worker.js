import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @import {OutputBundle, OutputChunk} from 'rolldown' */

/** Small parts that load when they are needed are kept like what loads at once. */
const SMALL = 16_384;

/** Is asked for by its own name for as long as there are browsers that have it. */
const WORKER = 'sw.js';

/** Nothing of the page: maps, texts for readers, other forms of a file. */
const LEFT_OUT = /\.(map|md|txt|br|gz)$/;

/** @param {string | Uint8Array} content */
const digest = (content) => createHash('sha256').update(content).digest('hex').slice(0, 16);

/** What has to be there for the page to open, in either language. @param {OutputBundle} bundle */
function needed(bundle) {
  /** @type {Set<string>} */
  const names = new Set();
  /** @param {string} name */
  function add(name) {
    const chunk = bundle[name];
    if (names.has(name) || chunk?.type !== 'chunk') return;
    names.add(name);
    chunk.imports.forEach(add);
    const { importedCss } = /** @type {{importedCss: Set<string>}} */ (
      /** @type {any} */ (chunk).viteMetadata
    );
    for (const css of importedCss) names.add(css);
  }
  for (const chunk of Object.values(bundle)) {
    if (chunk.type !== 'chunk' || chunk.fileName === WORKER) continue;
    const { fileName, facadeModuleId: source, code } = chunk;
    if (source?.endsWith('/index.html') || source?.endsWith('/i18n/zh.json')) add(fileName);
    else if (code.length <= SMALL) add(fileName);
  }
  return names;
}

/**
 * Tells the service worker what it has to keep, and the page of which build it
 * is. The id of a build is a digest of all its files.
 * @returns {import('vite').Plugin}
 */
export function serviceWorker() {
  return {
    name: 'teahouse:worker',

    // The demo of docker compose lives at the same address as `make dev`: the
    // worker it left in the browser would hide the files being worked on.
    configureServer(server) {
      server.middlewares.use('/sw.js', (_, response) => {
        response.setHeader('Content-Type', 'text/javascript');
        response.setHeader('Cache-Control', 'no-cache');
        createReadStream(new URL('../src/sw/farewell.js', import.meta.url)).pipe(response);
      });
    },

    writeBundle: {
      order: 'post',
      sequential: true,
      async handler({ dir = '' }, bundle) {
        const worker = /** @type {OutputChunk} */ (bundle[WORKER]);
        if (worker.imports.length > 0) throw new Error('the service worker has to be one file');
        const entries = await readdir(dir, { recursive: true, withFileTypes: true });
        const names = entries
          .filter((entry) => entry.isFile() && !LEFT_OUT.test(entry.name))
          .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
          .filter((name) => name !== WORKER)
          .toSorted();
        /** @type {Record<string, string>} */
        const digests = {};
        for (const name of names) digests[name] = digest(await readFile(join(dir, name)));
        const id = digest(JSON.stringify(digests) + worker.code);

        const html = await readFile(join(dir, 'index.html'), 'utf8');
        const named = html.replace('content="dev"', `content="${id}"`);
        if (named === html) throw new Error('index.html has no place for the id of the build');
        await writeFile(join(dir, 'index.html'), named);
        digests['index.html'] = digest(named);

        const now = needed(bundle).add('index.html').add('favicon.svg').add('manifest.webmanifest');
        /** @type {{shell: Record<string, string>, later: Record<string, string>}} */
        const files = { shell: {}, later: {} };
        for (const name of names) {
          const path = name === 'index.html' ? '/' : `/${name}`;
          files[now.has(name) ? 'shell' : 'later'][path] = digests[name];
        }
        const code = worker.code.replace('TEAHOUSE_BUILD', () => JSON.stringify({ id, ...files }));
        if (code === worker.code) throw new Error('the service worker has no place for the build');
        await writeFile(join(dir, WORKER), code);
      },
    },
  };
}
