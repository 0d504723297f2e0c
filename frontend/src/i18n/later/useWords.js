import { useMemo } from 'react';
import { useLocale } from '../Locale.jsx';
import { createTranslate } from '../translate.js';
import en from './en.json';
import zh from './zh.json';

/** @import {Locale} from '../translate.js' */

/** @typedef {keyof typeof en} Entry */
/** @typedef {Entry extends infer K ? K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K : never} Word */

/** @type {Record<Locale, Record<string, string>>} */
const catalogues = { en, 'zh-CN': zh };

/**
 * The words of what is loaded when it is opened: they come with it and not with
 * the first load.
 * @returns {(word: Word, values?: Record<string, string | number>) => string}
 */
export function useWords() {
  const { language } = useLocale();
  return useMemo(() => createTranslate(language, catalogues[language]), [language]);
}
