import { describe, expect, test } from 'vitest';
import { find, fit, pieces } from './fuzzy.js';

/** @param {string} query @param {string[]} names */
const names = (query, names) =>
  find(query, names, (name) => ({ name, others: [] })).map(({ item }) => item);

describe('what fits', () => {
  test.each([
    ['tea', 'Tea'],
    ['TEA', 'green tea'],
    ['gt', 'Green Tea'],
    ['cafe', 'Café'],
    ['茶', '绿茶'],
    ['绿馆', '绿茶馆'],
    ['ｔｅａ', 'Tea'],
    ['👋', 'say 👋'],
  ])('%s finds %s', (query, name) => {
    expect(fit(query, name)).not.toBeNull();
  });

  test.each([
    ['aet', 'Tea'],
    ['teaa', 'Tea'],
    ['咖啡', '绿茶'],
    ['', 'Tea'],
  ])('%s does not find %s', (query, name) => {
    expect(fit(query, name)).toBeNull();
  });
});

describe('what comes first', () => {
  test('the name itself, then its beginning, a word, a part, scattered letters', () => {
    const all = ['tidy area', 'instead', 'green tea', 'teapots', 'Tea'];
    expect(names('tea', all)).toEqual(['Tea', 'teapots', 'green tea', 'instead', 'tidy area']);
  });

  test('equals stay in their order', () => {
    expect(names('tea', ['tea b', 'tea a'])).toEqual(['tea b', 'tea a']);
  });

  test('without a query everything, as it was', () => {
    expect(names(' ', ['b', 'a'])).toEqual(['b', 'a']);
  });
});

test('every word has to fit, in the name or beside it', () => {
  const rooms = [
    { name: 'General', topic: 'everything else' },
    { name: 'Tea', topic: 'green and black' },
  ];
  const found = find('tea black', rooms, ({ name, topic }) => ({ name, others: [topic] }));
  expect(found.map(({ item }) => item.name)).toEqual(['Tea']);
  expect(find('tea white', rooms, ({ name, topic }) => ({ name, others: [topic] }))).toEqual([]);
});

test('what was asked for is marked where it stands, whatever the letters weigh', () => {
  const marked = (/** @type {string} */ query, /** @type {string} */ text) =>
    pieces(text, fit(query, text)?.marks ?? [])
      .map(({ text, marked }) => (marked ? `[${text}]` : text))
      .join('');
  expect(marked('tea', '👋 Green Tea')).toBe('👋 Green [Tea]');
  expect(marked('gt', 'Great Green Tea')).toBe('[G]reat Green [T]ea');
  expect(marked('馆', '绿茶馆')).toBe('绿茶[馆]');
  expect(marked('e', 'Éclair')).toBe('[É]clair');
});

test('a long name and a long query take no time to speak of', () => {
  const long = 'ab'.repeat(2_000);
  expect(fit('b'.repeat(80), long)).not.toBeNull();
});
