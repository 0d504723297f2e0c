// node scripts/compress.mjs FROM TO: copies the built client, with a .br and a
// .gz form beside each file that gets smaller by it. Source maps stay behind.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const [from, to] = process.argv.slice(2);
if (!from || !to) {
  console.error('usage: node scripts/compress.mjs FROM TO');
  process.exit(2);
}

const compressible = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.webmanifest']);
const forms = {
  '.br': (content) =>
    promisify(brotliCompress)(content, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      },
    }),
  '.gz': (content) => promisify(gzip)(content, { level: constants.Z_BEST_COMPRESSION }),
};

await rm(to, { recursive: true, force: true });
// index.html comes last: while it is missing, nobody takes TO for a whole client.
const entries = await readdir(from, { recursive: true, withFileTypes: true });
const files = entries
  .filter((entry) => entry.isFile() && extname(entry.name) !== '.map')
  .map((entry) => relative(from, join(entry.parentPath ?? entry.path, entry.name)))
  .sort((a, b) => Number(a === 'index.html') - Number(b === 'index.html'));

for (const file of files) {
  const content = await readFile(join(from, file));
  const target = join(to, file);
  await mkdir(dirname(target), { recursive: true });
  if (compressible.has(extname(file))) {
    for (const [suffix, compress] of Object.entries(forms)) {
      const smaller = await compress(content);
      if (smaller.length < content.length) await writeFile(target + suffix, smaller);
    }
  }
  await writeFile(target, content);
}
