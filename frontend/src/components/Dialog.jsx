import { useEffect, useId, useRef } from 'react';
import { useLocale } from '../i18n/Locale.jsx';
import { Button } from './Button.jsx';
import { Icon } from './Icon.jsx';
import css from './Dialog.module.css';

/** @import {ReactNode} from 'react' */

/**
 * A modal window, open for as long as it is mounted. The browser keeps the focus
 * inside and gives it back to where it came from.
 * @param {{title: string, wide?: boolean, onClose: () => void, children: ReactNode}} props
 */
export function Dialog({ title, wide = false, onClose, children }) {
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
    // Closing first lets the browser end the modal state; React unmounts after.
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  return (
    // A press on the backdrop is for the pointer only; Escape and the button do the same.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <dialog
      ref={ref}
      className={`${css.dialog} ${wide ? css.wide : ''}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => (pressed.current = event.target === ref.current)}
      onClick={(event) => pressed.current && event.target === ref.current && onClose()}
    >
      <div className={css.body}>
        <header className={css.header}>
          <h2 id={id}>{title}</h2>
          <Button look="icon" aria-label={t('action.close')} onClick={onClose}>
            <Icon name="close" />
          </Button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** The buttons at the end of a dialog, the one that does it last. @param {{children: ReactNode}} props */
export function DialogActions({ children }) {
  return <div className={css.actions}>{children}</div>;
}
