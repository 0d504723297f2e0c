import { useEffect, useState } from 'react';

/** So long after a jump what is drawn anew is not yet news. */
const CALM = 500;

/**
 * Whether what is added to the list is to be read aloud: while the newest is in
 * sight. Who comes back to the end is not read what was there before; rows that
 * are drawn for a jump would be.
 * @param {boolean} atEnd
 */
export function useLive(atEnd) {
  const [live, setLive] = useState(atEnd);
  if (live && !atEnd) setLive(false);
  useEffect(() => {
    if (!atEnd) return undefined;
    const timer = setTimeout(() => setLive(true), CALM);
    return () => clearTimeout(timer);
  }, [atEnd]);
  return live && atEnd;
}
