import { useSyncExternalStore } from 'react';

/** @param {() => void} listener */
function subscribe(listener) {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}

/** Whether the newest message is before somebody's eyes. @param {boolean} atEnd */
export function useAttention(atEnd) {
  const visible = useSyncExternalStore(subscribe, () => document.visibilityState === 'visible');
  return atEnd && visible;
}
