import { useCallback, useEffect, useReducer, useRef } from 'react';
import { flushSync } from 'react-dom';

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
 * @returns {{
 *   pinned: RefObject<boolean>,
 *   leave: () => void,
 *   noteScroll: () => void,
 *   observeRow: (row: Element) => () => void,
 * }} whether the end is to be kept in sight; what to call before another
 *   place is shown, and when the list was scrolled; and
 *   what watches a row, until the answer is called
 */
export function usePinnedEnd(scroller, scrollToEnd) {
  const pinned = useRef(true);
  const height = useRef(0);
  /** Who is near the end and begins to scroll up is not pulled back. */
  const away = useRef(0);
  /** Where the list stood when it was last looked at. */
  const top = useRef(0);
  const rerender = useReducer((count) => count + 1, 0)[1];
  /** @type {RefObject<ResizeObserver | null>} */
  const rows = useRef(null);

  // The list hears of the true height of a row just before it is painted, and may
  // put things right only in the next frame. At the end that would be seen.
  const observeRow = useCallback((/** @type {Element} */ row) => {
    const observer = (rows.current ??= new ResizeObserver(() => {
      const element = scroller.current;
      if (!element || !pinned.current) return;
      flushSync(rerender);
      element.scrollTop = element.scrollHeight - element.clientHeight - away.current;
      top.current = element.scrollTop;
    }));
    observer.observe(row);
    return () => observer.unobserve(row);
    // oxlint-disable-next-line react/exhaustive-deps -- a ref, and what never changes
  }, []);

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

  /** What comes next is not at the end. */
  function leave() {
    pinned.current = false;
  }

  function noteScroll() {
    const element = scroller.current;
    if (!element) return;
    const up = element.scrollTop < top.current - 1;
    top.current = element.scrollTop;
    // A scroll that a change of height brought about says nothing of what is wanted.
    if (element.clientHeight !== height.current) return;
    const gap = element.scrollHeight - element.clientHeight - element.scrollTop;
    // Rows that turn out higher than was thought take nobody away from the end:
    // only who scrolls up goes.
    if (pinned.current && !up) away.current = Math.min(away.current, gap);
    else {
      pinned.current = isAtEnd(element);
      away.current = gap;
    }
  }
  return { pinned, leave, noteScroll, observeRow };
}
