import { useEffect, useId, useRef } from 'react';
import { useLocale } from '../i18n/Locale.jsx';
import { Button } from './Button.jsx';
import { giveBack } from './focus.js';
import { Icon } from './Icon.jsx';
import { composes } from './keys.js';
import css from './Dialog.module.css';

/** @import {ReactNode} from 'react' */

/**
 * A modal window, open for as long as it is mounted. The browser keeps the focus
 * inside and gives it back to where it came from; it begins at `data-first`, if that is there.
 * @param {{
 *   title: string,
 *   look?: 'usual' | 'wide' | 'bare' | 'sheet',
 *   onClose: () => void,
 *   children: ReactNode,
 * }} props `bare`: the title is only heard, and it opens near the top;
 *   `sheet`: likewise, but along the lower edge, in reach of a thumb
 */
export function Dialog({ title, look = 'usual', onClose, children }) {
  const { t } = useLocale();
  /** @type {import('react').RefObject<HTMLDialogElement | null>} */
  const ref = useRef(null);
  const id = useId();
  /** Where the press began: dragging out of a field is no press on the backdrop. */
  const pressed = useRef(false);

  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    /** @type {HTMLElement | null | undefined} */ (dialog?.querySelector('[data-first]'))?.focus();
    // Closing first lets the browser end the modal state; React unmounts after.
    return () => {
      dialog?.close();
      giveBack(before);
    };
  }, []);

  return (
    // A press on the backdrop is for the pointer only; Escape and the button do the same.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={ref}
      className={`${css.dialog} ${css[look]}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && composes(event.nativeEvent)) event.preventDefault();
      }}
      onPointerDown={(event) => (pressed.current = event.target === ref.current)}
      onClick={(event) => pressed.current && event.target === ref.current && onClose()}
    >
      <div className={css.body}>
        {look === 'bare' || look === 'sheet' ? (
          <h2 id={id} className="visually-hidden">
            {title}
          </h2>
        ) : (
          <header className={css.header}>
            <h2 id={id}>{title}</h2>
            <Button look="icon" aria-label={t('action.close')} onClick={onClose}>
              <Icon name="close" />
            </Button>
          </header>
        )}
        {children}
      </div>
    </dialog>
  );
}

/** The buttons at the end of a dialog, the one that does it last. @param {{children: ReactNode}} props */
export function DialogActions({ children }) {
  return <div className={css.actions}>{children}</div>;
}
