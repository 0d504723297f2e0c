import { useEffect, useRef } from 'react';

/** @import {RefObject} from 'react' */

/** So near the end counts as at the end. */
export const END = 60;

/** @param {HTMLElement} element */
export const isAtEnd = ({ scrollHeight, clientHeight, scrollTop }) =>
  scrollHeight - clientHeight - scrollTop <= END;

/**
 * Keeps the end of a list in sight when a keyboard, a banner or a long draft
 * takes room from it. Answers what to call when it was scrolled.
 * @param {RefObject<HTMLElement | null>} scroller
 * @param {() => void} scrollToEnd
 * @returns {() => void}
 */
export function usePinnedEnd(scroller, scrollToEnd) {
  const pinned = useRef(true);
  const height = useRef(0);

  useEffect(() => {
    const element = /** @type {HTMLElement} */ (scroller.current);
    height.current = element.clientHeight;
    pinned.current = isAtEnd(element);
    const observer = new ResizeObserver(() => {
      height.current = element.clientHeight;
      if (pinned.current) scrollToEnd();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [scroller, scrollToEnd]);

  return () => {
    const element = scroller.current;
    // A scroll that a change of height brought about says nothing of what is wanted.
    if (element && element.clientHeight === height.current) pinned.current = isAtEnd(element);
  };
}
