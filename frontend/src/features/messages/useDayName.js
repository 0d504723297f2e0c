import { useCallback } from 'react';
import { useLocale } from '../../i18n/Locale.jsx';
import { dateLine, daysAgo } from '../../lib/time.js';

/** Names a day the way people do: today, yesterday, or its date. */
export function useDayName() {
  const { t, locale } = useLocale();
  return useCallback(
    (/** @type {number} */ at) => {
      const ago = daysAgo(at, Date.now());
      if (ago === 0) return t('day.today');
      return ago === 1 ? t('day.yesterday') : dateLine(locale, at, Date.now());
    },
    [t, locale],
  );
}
