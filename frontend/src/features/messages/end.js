import { useEffect, useRef } from 'react';

/** @import {RefObject} from 'react' */

/** So near the end counts as at the end. */
export const END = 60;

/** @param {HTMLElement} element */
export const isAtEnd = ({ scrollHeight, clientHeight, scrollTop }) =>
  scrollHeight - clientHeight - scrollTop <= END;

/**
 * Keeps the end of a list in sight when a keyboard, a banner or a long draft
 * takes room from it.
 * @param {RefObject<HTMLElement | null>} scroller
 * @param {() => void} scrollToEnd
 * @returns {{pinned: RefObject<boolean>, noteScroll: () => void}} whether the end is to
 *   be kept in sight, and what to call when the list was scrolled
 */
export function usePinnedEnd(scroller, scrollToEnd) {
  const pinned = useRef(true);
  const height = useRef(0);

  useEffect(() => {
    const element = /** @type {HTMLElement} */ (scroller.current);
    height.current = element.clientHeight;
    const observer = new ResizeObserver(() => {
      height.current = element.clientHeight;
      if (pinned.current) scrollToEnd();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, scrollToEnd]);

  function noteScroll() {
    const element = scroller.current;
    // A scroll that a change of height brought about says nothing of what is wanted.
    if (element && element.clientHeight === height.current) pinned.current = isAtEnd(element);
  }
  return { pinned, noteScroll };
}
