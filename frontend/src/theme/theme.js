import { memory } from '../lib/memory.js';

/** @typedef {'system' | 'light' | 'dark'} Theme */

const REMEMBERED = 'teahouse.theme';

/** What a phone paints around the page: --surface-1 of each theme. */
const around = { light: '#f3f0e8', dark: '#161815' };

/** @returns {Theme} */
export function currentTheme() {
  const theme = memory.getItem(REMEMBERED);
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

/** Shows the page in this theme from now on, and at the next visit. @param {Theme} theme */
export function applyTheme(theme) {
  if (theme === 'system') {
    memory.removeItem(REMEMBERED);
    delete document.documentElement.dataset.theme;
  } else {
    memory.setItem(REMEMBERED, theme);
    document.documentElement.dataset.theme = theme;
  }
  for (const own of /** @type {const} */ (['light', 'dark'])) {
    document
      .querySelector(`meta[name='theme-color'][media*='${own}']`)
      ?.setAttribute('content', around[theme === 'system' ? own : theme]);
  }
}
