import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useLocale } from '../i18n/Locale.jsx';
import { Dialog } from './Dialog.jsx';
import { PHONE, useMedia } from './media.js';
import css from './EmojiPopover.module.css';

/** @import {ComponentType} from 'react' */
/** @typedef {{onPick: (emoji: string) => void, onClose: () => void}} PickerProps */

const GAP = 6;

/** @type {ComponentType<PickerProps> | null} */
let Picker = null;

/**
 * All emoji to choose from, beside what opened it; on a phone a sheet. Its code
 * is loaded when it is opened for the first time, into a place of the same size.
 * @param {PickerProps & {anchor: DOMRect}} props `anchor`: where it was asked for
 */
export function EmojiPopover({ anchor, onPick, onClose }) {
  const { t } = useLocale();
  const phone = useMedia(PHONE);
  const [state, setState] = useState(Picker ? 'here' : 'loading');
  useEffect(() => {
    if (state !== 'loading') return undefined;
    let current = true;
    async function load() {
      ({ EmojiPicker: Picker } = await import('./EmojiPicker.jsx'));
      if (current) setState('here');
    }
    load().catch(() => current && setState('failed'));
    return () => {
      current = false;
    };
  }, [state]);

  const inside = Picker ? (
    <Picker onPick={onPick} onClose={onClose} />
  ) : (
    <div className={css.empty} role="status">
      {t(state === 'failed' ? 'emoji.failed' : 'emoji.loading')}
    </div>
  );
  if (phone)
    return (
      <Dialog title={t('emoji.title')} look="sheet" onClose={onClose}>
        {inside}
      </Dialog>
    );
  return (
    <Floating anchor={anchor} label={t('emoji.title')} onClose={onClose}>
      {inside}
    </Floating>
  );
}

/**
 * Above everything else, below `anchor` where there is room. A press outside or
 * Escape closes it, and the focus goes back.
 * @param {{anchor: DOMRect, label: string, onClose: () => void, children: import('react').ReactNode}} props
 */
function Floating({ anchor, label, onClose, children }) {
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const ref = useRef(null);
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });

  useLayoutEffect(() => {
    const element = /** @type {HTMLDivElement} */ (ref.current);
    const before = document.activeElement;
    element.showPopover?.();
    const { offsetWidth: width, offsetHeight: height } = element;
    const below = anchor.bottom + GAP + height <= innerHeight;
    const top = below ? anchor.bottom + GAP : Math.max(GAP, anchor.top - GAP - height);
    const left = Math.max(GAP, Math.min(anchor.right - width, innerWidth - width - GAP));
    Object.assign(element.style, { top: `${top}px`, left: `${left}px` });
    // The field takes the focus, now or when its code is there; with a finger
    // that would bring up the keyboard.
    const field = matchMedia('(hover: hover)').matches && element.querySelector('input');
    (field || element).focus();
    /** @param {Event} event */
    const onToggle = (event) => {
      if (/** @type {ToggleEvent} */ (event).newState === 'closed') close.current();
    };
    element.addEventListener('toggle', onToggle);
    return () => {
      element.removeEventListener('toggle', onToggle);
      const inside = element.contains(document.activeElement);
      if (inside && before instanceof HTMLElement && before.isConnected) {
        before.focus({ preventScroll: true });
      }
    };
  }, [anchor]);

  return (
    <div
      ref={ref}
      className={css.popover}
      popover="auto"
      role="dialog"
      aria-label={label}
      tabIndex={-1}
    >
      {children}
    </div>
  );
}
