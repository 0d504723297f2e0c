import { useMemo } from 'react';
import { useLocale } from '../../i18n/Locale.jsx';
import { createTranslate } from '../../i18n/translate.js';
import en from './en.json';
import zh from './zh.json';

/** @import {Locale} from '../../i18n/translate.js' */

/** @typedef {keyof typeof en} Entry */
/** @typedef {Entry extends infer K ? K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K : never} Word */
/** @typedef {(word: Word, values?: Record<string, string | number>) => string} Say */

/** @type {Record<Locale, Record<string, string>>} */
const catalogues = { en, 'zh-CN': zh };

/**
 * The words of this page. Few people ever open it, so they come with it and not
 * with the first load.
 * @returns {Say}
 */
export function useWords() {
  const { language } = useLocale();
  return useMemo(() => createTranslate(language, catalogues[language]), [language]);
}
