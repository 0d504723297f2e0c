import { expect, test } from 'vitest';
import { highlight } from './highlight.js';

/** @param {string} code @param {string} language */
const kinds = (code, language) =>
  highlight(code, language)
    ?.filter(({ kind }) => kind)
    .map(({ text, kind }) => `${kind}:${text}`);

test('code is cut into pieces by what they are', () => {
  expect(kinds('const a = "b"; // c', 'js')).toEqual(['word:const', 'string:"b"', 'note:// c']);
  expect(kinds('func main() { return 1 }', 'go')).toEqual([
    'word:func',
    'name:main',
    'word:return',
    'number:1',
  ]);
  expect(kinds('+ a\n- b', 'diff')).toEqual(['added:+ a', 'removed:- b']);
});

test('nothing is added to the code or taken from it', () => {
  for (const [code, language] of [
    ['<p class="a">&lt;b&gt;</p><script>let a = `${1}`;</script>', 'html'],
    ['def f(x):\n    """doc"""\n    return f"{x}"\n', 'python'],
    ['{"a": [1, null, "<b>"]}', 'json'],
    ['a <<EOF\n$(b) "c\nEOF', 'sh'],
  ])
    expect(
      highlight(code, language)
        ?.map(({ text }) => text)
        .join(''),
    ).toBe(code);
});

test('a language that is not known has no pieces', () => {
  expect(highlight('whatever', 'klingon')).toBeNull();
});
