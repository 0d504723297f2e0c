import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decode, encode, retryHint } from './frames.js';

const root = join(import.meta.dirname, '../../../protocol');

/** @param {string} folder @returns {[string, any][]} */
const fixtures = (folder) =>
  readdirSync(join(root, 'fixtures', folder)).map((name) => [
    name,
    JSON.parse(readFileSync(join(root, 'fixtures', folder, name), 'utf8')),
  ]);

const schema = JSON.parse(readFileSync(join(root, 'schema.json'), 'utf8'));

/** @param {string} name the ops that a union of frames names @returns {string[]} */
const ops = (name) => {
  const def = schema.$defs[name];
  if (def.properties) return [def.properties.op.const];
  return (def.oneOf ?? def.anyOf).flatMap((/** @type {{$ref: string}} */ { $ref }) =>
    ops($ref.replace('#/$defs/', '')),
  );
};

describe('decode', () => {
  test.each(fixtures('server'))('understands server/%s', (_, frame) => {
    expect(decode(JSON.stringify(frame))).toEqual(frame);
  });

  test('knows every op that the server has', () => {
    const covered = new Set(fixtures('server').map(([, { op }]) => op));
    expect([...covered].toSorted()).toEqual([...new Set(ops('ServerFrame'))].toSorted());
  });

  test.each(fixtures('invalid'))('takes no harm from invalid/%s', (name, { frame }) => {
    const decoded = decode(frame);
    if (name.startsWith('json.')) expect(decoded).toBeNull();
  });

  test.each([
    ['nothing', undefined],
    ['bytes', new ArrayBuffer(2)],
    ['a list', '[]'],
  ])('makes nothing of %s', (_, data) => expect(decode(data)).toBeNull());

  test('makes nothing of ops to come, nor of names that every object has', () => {
    expect(decode('{"op":"wave","room":"general"}')).toBeNull();
    expect(decode('{"op":"constructor"}')).toBeNull();
  });

  test('makes nothing of a frame without what it needs', () => {
    expect(decode('{"op":"event","room":"general","kind":"message"}')).toBeNull();
    expect(decode('{"op":"hello","user":null,"rooms":[],"limits":{}}')).toBeNull();
  });
});

test.each(fixtures('client'))('encode writes client/%s as it is', (_, command) => {
  expect(JSON.parse(encode(command))).toEqual(command);
});

test('the hint in a close reason', () => {
  expect(retryHint('the server is restarting, retry_ms=750')).toBe(750);
  expect(retryHint('going away')).toBeUndefined();
  expect(retryHint('')).toBeUndefined();
});
