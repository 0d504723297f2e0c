import { useSyncExternalStore } from 'react';

/** Whether a media query holds, kept up to date. @param {string} query */
export function useMedia(query) {
  return useSyncExternalStore(
    (listener) => {
      const media = matchMedia(query);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => matchMedia(query).matches,
  );
}

/** One column at a time. */
export const PHONE = '(max-width: 639px)';
/** Too narrow for a panel beside the conversation: it covers it. */
export const NARROW = '(max-width: 899px)';
