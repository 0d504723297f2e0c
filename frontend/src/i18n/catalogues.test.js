import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import testerEn from '../features/tester/en.json';
import testerZh from '../features/tester/zh.json';
import en from './en.json';
import zh from './zh.json';
import laterEn from './later/en.json';
import laterZh from './later/zh.json';
import { createTranslate, pickLocale, regional } from './translate.js';

/** @param {string} key */
const base = (key) => key.replace(/_(one|other)$/, '');
/** @param {string} text */
const holes = (text) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).toSorted();

/** @type {[string, Record<string, string>, Record<string, string>][]} */
const catalogues = [
  ['of the client', en, zh],
  ['of what is loaded later', laterEn, laterZh],
  ['of the socket tester', testerEn, testerZh],
];

describe.each(catalogues)('catalogues %s', (_, english, chinese) => {
  test('hold the same keys', () => {
    const keys = (/** @type {object} */ catalogue) => new Set(Object.keys(catalogue).map(base));
    expect(keys(chinese)).toEqual(keys(english));
  });

  test('hold every plural form that the language has', () => {
    for (const [locale, catalogue] of [
      ['en', english],
      ['zh', chinese],
    ]) {
      const forms = new Intl.PluralRules(/** @type {string} */ (locale)).resolvedOptions()
        .pluralCategories;
      const plurals = Object.keys(catalogue)
        .filter((key) => key.endsWith('_other'))
        .map(base);
      for (const key of plurals) {
        for (const form of forms) expect(catalogue).toHaveProperty([`${key}_${form}`]);
      }
    }
  });

  test('fill the same holes', () => {
    for (const [key, text] of Object.entries(chinese)) {
      expect([key, holes(text)]).toEqual([key, holes(english[key] ?? '')]);
    }
  });

  test('hold no word that nobody says', () => {
    const folder = join(import.meta.dirname, '..');
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.jsx?$/.test(name) && !name.includes('.test.'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
    const built = ['room.missing', 'room.forbidden'];
    const unused = Object.keys(english)
      .map(base)
      .filter(
        (key) => !sources.includes(`'${key}'`) && !built.some((start) => key.startsWith(start)),
      );
    expect(unused).toEqual([]);
  });
});

describe('t', () => {
  const t = createTranslate('en', en);
  const zhT = createTranslate('zh-CN', zh);

  test('picks the plural form and writes numbers the language’s way', () => {
    expect(t('messages.latest.count', { count: 1 })).toBe('1 new message');
    expect(t('messages.latest.count', { count: 1_200 })).toBe('1,200 new messages');
    expect(zhT('messages.latest.count', { count: 1 })).toBe('1 条新消息');
  });

  test('puts values in as they are', () => {
    expect(t('typing.one', { name: '$& {other}' })).toBe('$& {other} is typing…');
  });
});

test('the first language that there is wins, English last', () => {
  expect(pickLocale(['fr', 'zh-TW', 'en'])).toBe('zh-CN');
  expect(pickLocale(['en-GB', 'zh'])).toBe('en');
  expect(pickLocale(['fr'])).toBe('en');
  expect(regional('en', ['fr', 'en-GB'])).toBe('en-GB');
  expect(regional('zh-CN', ['en-GB'])).toBe('zh-CN');
});
