import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const LANGUAGES = ['en', 'zh'];
const FILES = ['data.json', 'messages.json'];

/** Nobody reads these. */
const unread = new Set(['emoticon', 'text', 'type', 'gender', 'shortcodes']);

/**
 * An emoji as the server spells it: without the mark that makes it a picture where it
 * is nothing else. With it, a reaction would show as another one until it is taken.
 * @param {string} emoji
 */
const spelt = (emoji) => emoji.replace(/(\p{Emoji_Presentation})\uFE0F/gu, '$1');

/** The names of all emoji in one language, as small as they can be. @param {string} path */
async function read(path) {
  const source = createRequire(import.meta.url).resolve(`emojibase-data/${path}`);
  const data = JSON.parse(await readFile(source, 'utf8'));
  return JSON.stringify(data, (key, value) => {
    if (unread.has(key)) return undefined;
    return key === 'emoji' ? spelt(value) : value;
  });
}

/**
 * Serves what the emoji picker reads from the page's own origin, under /emoji.
 * @returns {import('vite').Plugin}
 */
export function emojiData() {
  const paths = LANGUAGES.flatMap((language) => FILES.map((file) => `${language}/${file}`));
  return {
    name: 'teahouse:emoji',

    configureServer(server) {
      server.middlewares.use('/emoji', (request, response, next) => {
        const path = request.url?.replace(/^\/|\?.*$/g, '') ?? '';
        if (!paths.includes(path)) return next();
        response.setHeader('Content-Type', 'application/json');
        return read(path).then((data) => response.end(data), next);
      });
    },

    async generateBundle() {
      for (const path of paths)
        this.emitFile({ type: 'asset', fileName: `emoji/${path}`, source: await read(path) });
    },
  };
}
