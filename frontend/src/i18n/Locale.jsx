import { createContext, use, useEffect, useMemo, useState } from 'react';
import { memory } from '../lib/memory.js';
import { createTranslate, loadCatalogue, pickLocale, regional } from './translate.js';

/**
 * @import {ReactNode} from 'react'
 * @import {Catalogue, Locale, Translate} from './translate.js'
 */

/** @typedef {Locale | 'system'} LocaleChoice */

const REMEMBERED = 'teahouse.locale';

/**
 * @typedef {object} LocaleValue
 * @property {Locale} language the catalogue in use
 * @property {string} locale for dates and numbers
 * @property {Translate} t
 * @property {LocaleChoice} choice
 * @property {(choice: LocaleChoice) => void} choose
 */

export const LocaleContext = createContext(/** @type {LocaleValue | null} */ (null));

/** The language in use, and `t` for its words. @returns {LocaleValue} */
export function useLocale() {
  const value = use(LocaleContext);
  if (!value) throw new Error('LocaleProvider is missing');
  return value;
}

/** @returns {LocaleChoice} */
function remembered() {
  const choice = memory.getItem(REMEMBERED);
  return choice === 'en' || choice === 'zh-CN' ? choice : 'system';
}

/** @param {LocaleChoice} choice @returns {Locale} */
const resolve = (choice) => (choice === 'system' ? pickLocale(navigator.languages) : choice);

/**
 * What to load before the first render, so that nothing shows in another language;
 * where that cannot be loaded, English is better than no page.
 * @returns {Promise<{locale: Locale, catalogue: Catalogue}>}
 */
export async function initialLocale() {
  const locale = resolve(remembered());
  try {
    return { locale, catalogue: await loadCatalogue(locale) };
  } catch {
    return { locale: 'en', catalogue: await loadCatalogue('en') };
  }
}

/** @param {{initial: {locale: Locale, catalogue: Catalogue}, children: ReactNode}} props */
export function LocaleProvider({ initial, children }) {
  const [choice, setChoice] = useState(remembered);
  const [loaded, setLoaded] = useState(initial);
  const wanted = resolve(choice);

  useEffect(() => {
    let current = true;
    loadCatalogue(wanted).then(
      (catalogue) => current && setLoaded({ locale: wanted, catalogue }),
      () => {}, // the catalogue could not be fetched: the language stays as it is
    );
    return () => {
      current = false;
    };
  }, [wanted]);

  const { locale: language, catalogue } = loaded;
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  const value = useMemo(
    () => ({
      language,
      locale: regional(language, navigator.languages),
      t: createTranslate(language, catalogue),
      choice,
      choose(/** @type {LocaleChoice} */ next) {
        if (next === 'system') memory.removeItem(REMEMBERED);
        else memory.setItem(REMEMBERED, next);
        setChoice(next);
      },
    }),
    [language, catalogue, choice],
  );
  return <LocaleContext value={value}>{children}</LocaleContext>;
}
