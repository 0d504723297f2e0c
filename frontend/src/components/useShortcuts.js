import { useEffect, useRef } from 'react';
import { composes, withCommand } from './keys.js';

/**
 * @typedef {object} Shortcuts
 * @property {() => void} onFind
 * @property {() => void} onHelp
 * @property {(step: 1 | -1, waiting: boolean) => void} onStep to the room before or after; `waiting`: that holds something new
 * @property {() => void} onEscape where nothing that is open has taken the key
 */

/** Keys that work wherever the focus is, as long as no window is open. @param {Shortcuts} shortcuts */
export function useShortcuts(shortcuts) {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });

  useEffect(() => {
    /** @param {KeyboardEvent} event */
    function onKeyDown(event) {
      const { key, altKey, shiftKey, ctrlKey, metaKey } = event;
      if (event.defaultPrevented || composes(event)) return;
      const command = withCommand(event);
      const finds = command && key.toLowerCase() === 'k';
      // Even then: the browser would take it for something of its own.
      if (finds) event.preventDefault();
      if (document.querySelector('dialog[open]')) return;

      const { onFind, onHelp, onStep, onEscape } = latest.current;
      const steps = altKey && !ctrlKey && !metaKey;
      if (finds) onFind();
      else if (command && key === '/') onHelp();
      else if (key === '?' && !ctrlKey && !metaKey && !isWriting(event.target)) onHelp();
      else if (steps && (key === 'ArrowUp' || key === 'ArrowDown')) {
        onStep(key === 'ArrowUp' ? -1 : 1, shiftKey);
      } else if (key === 'Escape' && !document.querySelector('[popover]:popover-open')) {
        onEscape();
        return;
      } else return;
      event.preventDefault();
    }
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

/** Whether keys are letters there. @param {EventTarget | null} target */
const isWriting = (target) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
