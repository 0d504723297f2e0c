import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import en from './en.json';
import zh from './zh.json';
import { createTranslate, pickLocale, regional } from './translate.js';

/** @param {string} key */
const base = (key) => key.replace(/_(one|other)$/, '');
/** @param {string} text */
const holes = (text) => [...text.matchAll(/\{\w+\}/g)].map(([hole]) => hole).toSorted();

/** @type {Record<string, string>} */
const english = en;
/** @type {Record<string, string>} */
const chinese = zh;

describe('catalogues', () => {
  test('hold the same keys', () => {
    expect(new Set(Object.keys(zh).map(base))).toEqual(new Set(Object.keys(en).map(base)));
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
    const unused = Object.keys(en)
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
