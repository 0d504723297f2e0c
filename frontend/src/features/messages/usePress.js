import { useEffect, useRef } from 'react';

/** @import {PointerEvent} from 'react' */

const LONG = 450;
/** A finger is never quite still. */
const STILL = 10;

/**
 * A long press of a finger, on anything but what does something by itself.
 * @param {(element: Element) => void} onPress
 */
export function usePress(onPress) {
  /** @type {import('react').RefObject<{timer: ReturnType<typeof setTimeout>, x: number, y: number} | null>} */
  const press = useRef(null);
  /** Whether the finger that is down was long enough. */
  const done = useRef(false);
  const end = () => {
    if (press.current) clearTimeout(press.current.timer);
    press.current = null;
  };
  useEffect(
    () => () => {
      if (press.current) clearTimeout(press.current.timer);
    },
    [],
  );
  return {
    /** @param {PointerEvent} event */
    onPointerDown({ pointerType, target, clientX: x, clientY: y }) {
      end();
      done.current = false;
      if (pointerType !== 'touch' || !(target instanceof Element)) return;
      if (target.closest('a, button, input')) return;
      const timer = setTimeout(() => {
        press.current = null;
        done.current = true;
        onPress(target);
      }, LONG);
      press.current = { timer, x, y };
    },
    /** @param {PointerEvent} event */
    onPointerMove({ clientX, clientY }) {
      if (!press.current) return;
      const { x, y } = press.current;
      if (Math.hypot(clientX - x, clientY - y) > STILL) end();
    },
    /** Lifting it must not press what opened under it. @param {import('react').TouchEvent} event */
    onTouchEnd(event) {
      if (done.current) event.preventDefault();
      done.current = false;
    },
    onPointerUp: end,
    onPointerCancel: end,
    /** The browser's own menu would lie over the sheet. @param {import('react').MouseEvent} event */
    onContextMenu(event) {
      const { pointerType } = /** @type {any} */ (event.nativeEvent);
      const { target } = event;
      if (pointerType === 'touch' && target instanceof Element && !target.closest('a'))
        event.preventDefault();
    },
  };
}
