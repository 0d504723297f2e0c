import { useCallback, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { isMessage } from './can.js';

/**
 * @import {KeyboardEvent, FocusEvent, RefObject} from 'react'
 * @import {Virtualizer} from '@tanstack/react-virtual'
 * @import {Row} from '../../state/selectors.js'
 */

/** @typedef {Virtualizer<HTMLDivElement, Element>} Rows */

const STEPS = /** @type {Record<string, number>} */ ({ ArrowUp: -1, ArrowDown: 1 });

/**
 * Walking through the messages with the arrow keys: the list is one stop for the
 * Tab key, and remembers where one was. The focus is never lost: when its message
 * goes, the next one has it.
 * @param {{
 *   rows: Row[],
 *   virtualizer: Rows,
 *   scroller: RefObject<HTMLDivElement | null>,
 *   active: string | null,
 *   setActive: (key: string | null) => void,
 *   onKey: (key: string, row: Row, element: HTMLElement) => boolean,
 * }} options `active`: the key of the row that has the focus, or had it last; `onKey` does what a key asks of a message
 */
export function useWalk({ rows, virtualizer, scroller, active, setActive, onKey }) {
  /** @type {RefObject<string | null>} the row that gets the focus once it is there */
  const wanted = useRef(null);
  const place = useRef(-1);
  const has = useRef(false);
  const [within, setWithin] = useState(false);

  const find = useCallback(
    (/** @type {string} */ key) => {
      const index = rows.findIndex((row) => row.key === key);
      const { scrollElement } = virtualizer;
      const element = scrollElement?.querySelector(`[data-index="${index}"] article`);
      return { index, element: element instanceof HTMLElement ? element : null };
    },
    [rows, virtualizer],
  );

  const focus = useCallback(
    (/** @type {string} */ key) => {
      const { index, element } = find(key);
      if (index < 0) return;
      setActive(key);
      if (element) {
        element.focus({ preventScroll: true });
        element.scrollIntoView({ block: 'nearest' });
      } else {
        wanted.current = key;
        virtualizer.scrollToIndex(index, { align: 'auto' });
      }
    },
    [find, setActive, virtualizer],
  );

  useEffect(() => {
    if (wanted.current === null) return;
    const { element } = find(wanted.current);
    if (!element) return;
    wanted.current = null;
    element.focus({ preventScroll: true });
    element.scrollIntoView({ block: 'nearest' });
  });

  // What had the focus went (a message that was never sent, given up): the
  // neighbour takes it, unless it is somewhere else by now.
  useEffect(() => {
    if (active === null) return;
    const index = rows.findIndex((row) => row.key === active);
    if (index >= 0) {
      place.current = index;
      return;
    }
    const lost = has.current;
    const from = Math.min(place.current, rows.length - 1);
    const next = nearest(rows, from, -1) ?? nearest(rows, from, 1);
    has.current = false;
    if (lost && next && document.activeElement === document.body) focus(next.key);
    else setActive(null);
  }, [rows, active, setActive, focus]);

  /** @param {KeyboardEvent<HTMLElement>} event */
  function onKeyDown(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.nativeEvent.isComposing) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const article = target.closest('article');
    const { key } = event;
    const onRow = target === article;
    // Where a pointer had put the focus, its tools are there from the first key on.
    if (article && !within) flushSync(() => setWithin(true));
    const row = active === null ? undefined : rows[find(active).index];
    let done = true;
    if (key === 'Escape') {
      if (article && !onRow) article.focus();
      else scroller.current?.closest('main')?.querySelector('textarea')?.focus();
    } else if (!onRow && target !== scroller.current) return;
    else if (STEPS[key] && onRow && row) {
      const next = nearest(rows, rows.indexOf(row) + STEPS[key], STEPS[key]);
      if (next) focus(next.key);
      else if (key === 'ArrowDown') virtualizer.scrollToEnd();
    } else if (STEPS[key]) {
      const seen = lastInSight(rows, scroller.current);
      if (seen) focus(seen.key);
    } else if (key === 'Home' || key === 'End') {
      const next = key === 'Home' ? nearest(rows, 0, 1) : nearest(rows, rows.length - 1, -1);
      if (next) focus(next.key);
      // What stands before the first message and after the last is seen as well.
      if (key === 'End') virtualizer.scrollToEnd();
      else virtualizer.scrollToOffset(0);
    } else done = onRow && row !== undefined && onKey(key, row, target);
    if (done) event.preventDefault();
  }

  /** @param {FocusEvent<HTMLElement>} event */
  function onFocus(event) {
    const holder = event.target.closest('[data-index]');
    const row = holder && rows[Number(holder.getAttribute('data-index'))];
    if (!row || !isMessage(row)) return;
    has.current = true;
    // Where a pointer put it, the tools go with the pointer.
    setWithin(event.target.matches(':focus-visible'));
    setActive(row.key);
  }

  function onBlur() {
    has.current = false;
    setWithin(false);
  }

  /** Who presses with a pointer goes on with it. */
  const onPointerDownCapture = () => setWithin(false);

  return { within, focus, walk: { onKeyDown, onFocus, onBlur, onPointerDownCapture } };
}

/** The first message from a place on, in one direction. @param {Row[]} rows @param {number} from @param {number} step */
function nearest(rows, from, step) {
  for (let at = from; at >= 0 && at < rows.length; at += step)
    if (isMessage(rows[at])) return rows[at];
  return null;
}

/** The newest message whose beginning can be seen. @param {Row[]} rows @param {HTMLElement | null} scroller */
function lastInSight(rows, scroller) {
  const end = scroller?.getBoundingClientRect().bottom ?? 0;
  const seen = [...(scroller?.querySelectorAll('[data-index]') ?? [])]
    .filter((element) => element.getBoundingClientRect().top < end - 8)
    .map((element) => rows[Number(element.getAttribute('data-index'))])
    .filter(isMessage);
  return seen.at(-1) ?? nearest(rows, rows.length - 1, -1);
}
