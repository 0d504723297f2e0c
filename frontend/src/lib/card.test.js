import { describe, expect, test } from 'vitest';
import { isWrong, readCard } from './card.js';

/** @param {string} text */
function table(text) {
  const read = readCard(text);
  if (isWrong(read)) throw new Error(read.code);
  return {
    columns: read.columns,
    rows: read.rows.map((row) => [...row].map((cell) => cell?.text)),
  };
}

describe('a table', () => {
  test('has a column for each key, in the order in which they first appear', () => {
    expect(table('[{"b": 1, "2": "x"}, {"a": true, "b": null}]')).toEqual({
      columns: ['b', '2', 'a'],
      rows: [
        ['1', 'x'],
        ['', undefined, 'true'],
      ],
    });
  });

  test('shows numbers as they were written', () => {
    const text = '[{"n": 12345678901234567890}, {"n": -1.50}, {"n": 1e3}]';
    expect(table(text).rows.flat()).toEqual(['12345678901234567890', '-1.50', '1e3']);
  });

  test('takes keys and texts that look like JSON for what they are', () => {
    expect(table(String.raw`[{"a\"}": "],{\"x\": 1}", "茶": "\u8336"}]`)).toEqual({
      columns: ['a"}', '茶'],
      rows: [['],{"x": 1}', '茶']],
    });
    expect(table('[{"__proto__": 1}]').columns).toEqual(['__proto__']);
  });

  test('may have empty rows', () => {
    expect(table('[{}]')).toEqual({ columns: [], rows: [[]] });
  });

  const keys = (/** @type {number} */ count) =>
    JSON.stringify([Object.fromEntries(Array.from({ length: count }, (_, nth) => [`k${nth}`, 1]))]);

  test.each([
    ['', { code: 'empty' }],
    ['{"a": 1}', { code: 'list' }],
    ['7', { code: 'list' }],
    ['[]', { code: 'none' }],
    ['[1]', { code: 'object', row: 1 }],
    ['[{"a": 1}, null]', { code: 'object', row: 2 }],
    ['[{"a": 1}, [2]]', { code: 'object', row: 2 }],
    ['[{"a": {"b": 1}}]', { code: 'value', row: 1, key: 'a' }],
    ['[{"a": []}]', { code: 'value', row: 1, key: 'a' }],
    ['[{"": 1}]', { code: 'key', row: 1 }],
    [`[{"${'k'.repeat(81)}": 1}]`, { code: 'key', row: 1 }],
    ['[{"a": 1, "a": 2}]', { code: 'twice', row: 1, key: 'a' }],
    ['[{"b": 1}, {"a": {"b": [1]}, "a": 2}]', { code: 'twice', row: 2, key: 'a' }],
    [JSON.stringify(Array.from({ length: 201 }, () => ({ a: 1 }))), { code: 'rows' }],
    [keys(21), { code: 'columns' }],
  ])('is none: %.30s', (text, wrong) => expect(readCard(text)).toEqual(wrong));

  test('says in which line it is broken', () => {
    expect(readCard('[\n {"a": 1},\n {"b" 2}\n]')).toEqual({ code: 'json', line: 3 });
    expect(readCard('[{"a": 1')).toMatchObject({ code: 'json' });
  });

  test('is as large as it may be', () => {
    expect(table(keys(20)).columns).toHaveLength(20);
    const most = Array.from({ length: 200 }, (_, nth) => ({ a: nth }));
    expect(table(JSON.stringify(most)).rows).toHaveLength(200);
    expect(table(`[{"${'🍵'.repeat(80)}": 1}]`).columns).toHaveLength(1);
  });
});
