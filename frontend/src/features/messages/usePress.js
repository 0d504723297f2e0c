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
      if (pointerType !== 'touch' || !(target instanceof Element)) return;
      if (target.closest('a, button, input')) return;
      const timer = setTimeout(() => {
        press.current = null;
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
