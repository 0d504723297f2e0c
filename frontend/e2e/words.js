import { readFileSync } from 'node:fs';
import en from '../src/i18n/en.json' with { type: 'json' };

/**
 * @import {Key, Locale} from '../src/i18n/translate.js'
 * @import {Word} from '../src/i18n/later/useWords.js'
 */

/** @param {string} file @returns {Record<string, string>} */
const catalogue = (file) =>
  JSON.parse(readFileSync(new URL(`../src/i18n/${file}`, import.meta.url), 'utf8'));

/** @type {Record<Locale, Record<string, string>>} */
const catalogues = {
  en: { ...en, ...catalogue('later/en.json'), ...catalogue('../features/tester/en.json') },
  'zh-CN': {
    ...catalogue('zh.json'),
    ...catalogue('later/zh.json'),
    ...catalogue('../features/tester/zh.json'),
  },
};

/**
 * The client's own words, so that a better wording breaks no test.
 * @param {Locale} [locale]
 */
export function wordsOf(locale = 'en') {
  const plural = new Intl.PluralRules(locale);
  /** @param {Key | Word} key @param {Record<string, string | number>} [values] @returns {string} */
  return (key, values = {}) => {
    const words = catalogues[locale];
    const form = typeof values.count === 'number' ? plural.select(values.count) : 'other';
    const text = words[key] ?? words[`${key}_${form}`] ?? words[`${key}_other`];
    if (text === undefined) throw new Error(`no words for ${key}`);
    return text.replace(/\{(\w+)\}/g, (hole, name) => String(values[name] ?? hole));
  };
}

export const t = wordsOf();

/** The words that only the socket tester says. @param {Locale} [locale] */
export const testerWords = (locale) =>
  /** @type {import('../src/features/tester/words.js').Say} */ (
    /** @type {unknown} */ (wordsOf(locale))
  );

/** The longest run of words that does not depend on what is filled in. @param {Key | Word} key @param {Locale} [locale] */
export const fixedWords = (key, locale = 'en') =>
  wordsOf(locale)(key)
    .split(/\{\w+\}/)
    .toSorted((a, b) => b.length - a.length)[0]
    .trim();
