import en from './en.json';

/**
 * @typedef {'en' | 'zh-CN'} Locale
 * @typedef {keyof typeof en} Entry
 * @typedef {Entry extends infer K ? K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K : never} Key
 * @typedef {Record<string, string>} Catalogue
 * @typedef {(key: Key, values?: Record<string, string | number>) => string} Translate
 */

/** @type {Record<Locale, string>} each language by its own name */
export const locales = { en: 'English', 'zh-CN': '简体中文' };

/** The catalogue of a language; English is always at hand. @param {Locale} locale @returns {Promise<Catalogue>} */
export async function loadCatalogue(locale) {
  return locale === 'zh-CN' ? (await import('./zh.json')).default : en;
}

/**
 * The first of the wanted languages that there is a catalogue for.
 * @param {readonly string[]} wanted
 * @returns {Locale}
 */
export function pickLocale(wanted) {
  for (const tag of wanted) {
    if (/^zh\b/i.test(tag)) return 'zh-CN';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

/**
 * The reader's own kind of a language, for dates and numbers: en-GB rather than en.
 * @param {Locale} locale
 * @param {readonly string[]} wanted
 * @returns {string}
 */
export function regional(locale, wanted) {
  return (
    wanted.find((tag) => tag !== 'en' && pickLocale([tag]) === locale && /^(en|zh)\b/i.test(tag)) ??
    locale
  );
}

/**
 * Puts words for keys. A key with a `count` picks its plural form by the rules
 * of the language; numbers are written the language's way.
 * @template {string} [K=Key]
 * @param {Locale} locale
 * @param {Catalogue} catalogue
 * @returns {(key: K, values?: Record<string, string | number>) => string}
 */
export function createTranslate(locale, catalogue) {
  // Made when they are first needed: they take a while on a slow phone.
  /** @type {Intl.PluralRules | undefined} */
  let plural;
  /** @type {Intl.NumberFormat | undefined} */
  let number;
  return (key, values = {}) => {
    let form = 'other';
    if (typeof values.count === 'number') {
      plural ??= new Intl.PluralRules(locale);
      form = plural.select(values.count);
    }
    const text = catalogue[key] ?? catalogue[`${key}_${form}`] ?? catalogue[`${key}_other`] ?? key;
    return text.replace(/\{(\w+)\}/g, (hole, name) => {
      const value = values[name];
      if (value === undefined) return hole;
      if (typeof value !== 'number') return value;
      number ??= new Intl.NumberFormat(locale);
      return number.format(value);
    });
  };
}
