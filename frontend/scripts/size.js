// Fails when what the first page load needs of JavaScript is too big. Counts
// the scripts that index.html names, with what they import at once.
import { readFileSync } from 'node:fs';
import { gzipSync, constants } from 'node:zlib';

const LIMIT_KB = 130;
const build = new URL('../build/', import.meta.url);
const seen = new Map();

/** @param {string} path */
function count(path) {
  if (seen.has(path)) return;
  const source = readFileSync(new URL(path, build));
  seen.set(path, gzipSync(source, { level: constants.Z_BEST_COMPRESSION }).length);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const statics = /(?:^|[;}\s])(?:import|export)\b[^'"();]*?["']\.\/([\w.-]+\.js)["']/g;
  for (const [, name] of source.toString().matchAll(statics)) count(folder + name);
}

const html = readFileSync(new URL('index.html', build), 'utf8');
for (const [, path] of html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)) count(path);

const total = [...seen.values()].reduce((sum, bytes) => sum + bytes, 0) / 1024;
for (const [path, bytes] of seen)
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB  ${path}`);
console.log(`${total.toFixed(1).padStart(7)} KB  first load, gzip (limit ${LIMIT_KB} KB)`);
if (total === 0 || total > LIMIT_KB) process.exit(1);
