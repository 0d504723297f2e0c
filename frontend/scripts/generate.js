// Writes src/api/protocol.d.ts from protocol/schema.json. With --check it only
// says whether the file is up to date, and changes nothing.
import { readFile, writeFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';
import prettier from 'prettier';

const source = new URL('../../protocol/schema.json', import.meta.url);
const target = new URL('../src/api/protocol.d.ts', import.meta.url);

const schema = JSON.parse(await readFile(source, 'utf8'));
const types = await compile(schema, 'Frame', {
  additionalProperties: false,
  unreachableDefinitions: true,
  format: false,
  bannerComment:
    '/* Generated from protocol/schema.json by `npm run generate`. Change that file, not this one. */',
});
const text = await prettier.format(types, {
  ...(await prettier.resolveConfig(target)),
  parser: 'typescript',
});

if (process.argv.includes('--check')) {
  const before = await readFile(target, 'utf8').catch(() => '');
  if (before !== text) {
    console.error('src/api/protocol.d.ts does not match the schema: run npm run generate');
    process.exit(1);
  }
} else {
  await writeFile(target, text);
}
