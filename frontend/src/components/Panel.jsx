import { useEffect, useId, useRef } from 'react';
import { useLocale } from '../i18n/Locale.jsx';
import { Button } from './Button.jsx';
import { giveBack } from './focus.js';
import { Icon } from './Icon.jsx';
import css from './Panel.module.css';

/** @import {ReactNode} from 'react' */

/**
 * Something beside the conversation, or over it where there is no room. Escape
 * closes it, as whoever shows it sees to.
 * @param {{title: string, onClose: () => void, children: ReactNode, foot?: ReactNode}} props `foot` stays in sight
 */
export function Panel({ title, onClose, children, foot }) {
  const { t } = useLocale();
  const id = useId();
  /** @type {import('react').RefObject<HTMLElement | null>} */
  const panel = useRef(null);
  /** @type {import('react').RefObject<HTMLHeadingElement | null>} */
  const heading = useRef(null);

  useEffect(() => {
    const before = document.activeElement;
    // What asks for the focus itself has it.
    if (!panel.current?.contains(before)) heading.current?.focus();
    return () => {
      // Whoever went on writing meanwhile stays there.
      if (document.activeElement === document.body) giveBack(before);
    };
  }, []);

  return (
    <aside ref={panel} className={css.panel} aria-labelledby={id}>
      <header className={css.header}>
        <h2 id={id} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <Button look="icon" aria-label={t('action.close')} onClick={onClose}>
          <Icon name="close" />
        </Button>
      </header>
      <div className={css.scroll}>{children}</div>
      {foot && <div className={css.foot}>{foot}</div>}
    </aside>
  );
}
