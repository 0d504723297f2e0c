// Fails when what the first page load needs of JavaScript is too big: the
// scripts that index.html names, with what they import at once. Fails too when
// the service worker is, which every visit asks for. What is loaded later is
// listed for information.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync, constants } from 'node:zlib';

const LIMIT_KB = 130;
const WORKER_LIMIT_KB = 10;
const WORKER = 'sw.js';
const build = new URL('../build/', import.meta.url);
const seen = new Map();

/** @param {string} path */
const read = (path) => readFileSync(new URL(path, build));

/** @param {Uint8Array} source */
const packed = (source) => gzipSync(source, { level: constants.Z_BEST_COMPRESSION }).length;

/** @param {string} path */
function count(path) {
  if (seen.has(path)) return;
  const source = read(path);
  seen.set(path, packed(source));
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const statics = /(?:^|[;}\s])(?:import|export)\b[^'"();]*?["']\.\/([\w.-]+\.js)["']/g;
  for (const [, name] of source.toString().matchAll(statics)) count(folder + name);
}

/** @param {number} bytes @param {string} what */
function print(bytes, what) {
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB  ${what}`);
}

/** @param {Iterable<[string, number]>} files the biggest first */
function list(files) {
  for (const [path, bytes] of [...files].toSorted((a, b) => b[1] - a[1])) print(bytes, path);
}

for (const [, path] of read('index.html')
  .toString()
  .matchAll(/(?:src|href)="\/([^"]+\.js)"/g))
  count(path);
const first = [...seen.values()].reduce((sum, bytes) => sum + bytes, 0);
list(seen);
print(first, `first load, gzip (limit ${LIMIT_KB} KB)`);

console.log('\nloaded when it is needed, gzip:');
const rest = readdirSync(new URL('.', build), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(js|json)$/.test(path) && path !== WORKER && !seen.has(path))
  .map((path) => /** @type {[string, number]} */ ([path, packed(read(path))]));
list(rest);

const worker = read(WORKER).length;
console.log();
print(worker, `${WORKER}, as it is (limit ${WORKER_LIMIT_KB} KB)`);
if (first === 0 || first > LIMIT_KB * 1024 || worker > WORKER_LIMIT_KB * 1024) process.exit(1);
