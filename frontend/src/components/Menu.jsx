import { useEffect, useId, useRef, useState } from 'react';
import css from './Menu.module.css';

/** @import {KeyboardEvent, ReactNode} from 'react' */

/**
 * A button that opens a list of things to do.
 * @param {{
 *   label: string,
 *   button: ReactNode,
 *   className: string,
 *   up?: boolean,
 *   items: {label: string, onSelect: () => void}[],
 * }} props
 */
export function Menu({ label, button, className, up = false, items }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const root = useRef(null);
  /** @type {import('react').RefObject<HTMLButtonElement | null>} */
  const trigger = useRef(null);

  useEffect(() => {
    if (!open) return undefined;
    /** @type {HTMLElement | null | undefined} */ (
      root.current?.querySelector('[role=menuitem]')
    )?.focus();
    const onPointer = (/** @type {PointerEvent} */ event) => {
      if (!root.current?.contains(/** @type {Node} */ (event.target))) setOpen(false);
    };
    document.addEventListener('pointerdown', onPointer);
    return () => document.removeEventListener('pointerdown', onPointer);
  }, [open]);

  function close() {
    setOpen(false);
    trigger.current?.focus();
  }

  /** @param {KeyboardEvent} event */
  function onKeyDown(event) {
    if (!open) return;
    const all = /** @type {HTMLElement[]} */ ([
      ...(root.current?.querySelectorAll('[role=menuitem]') ?? []),
    ]);
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = {
      ArrowDown: (at + 1) % all.length,
      ArrowUp: (at - 1 + all.length) % all.length,
      Home: 0,
      End: all.length - 1,
    }[event.key];
    if (to !== undefined) all[to]?.focus();
    else if (event.key === 'Escape') close();
    else if (event.key === 'Tab') setOpen(false);
    else return;
    if (event.key !== 'Tab') event.preventDefault();
    event.stopPropagation();
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the menu inside
    <div ref={root} className={css.root} onKeyDown={onKeyDown}>
      <button
        ref={trigger}
        type="button"
        className={className}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {button}
      </button>
      {open && (
        <div
          id={id}
          role="menu"
          aria-label={label}
          className={`${css.menu} ${up ? css.up : css.down}`}
        >
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className={css.item}
              onClick={() => {
                close();
                item.onSelect();
              }}
            >
              {item.label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
