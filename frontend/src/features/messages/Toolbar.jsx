import { useLayoutEffect, useRef, useState } from 'react';
import { recentEmoji, rememberEmoji } from '../../components/recentEmoji.js';
import { Icon } from '../../components/Icon.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useActions } from './actions.js';
import css from './Toolbar.module.css';

/** @import {Can} from './can.js' */

/** So many emoji need no second look. */
const QUICK = 3;

/**
 * What can be done with the message under the pointer, or with the focus. It
 * floats, so nothing moves when it comes and goes.
 * @param {{
 *   name: string,
 *   message: string,
 *   row: string,
 *   can: Can,
 *   given: (emoji: string) => boolean,
 *   copied: boolean,
 *   active: boolean,
 * }} props `name`: whose message it is; `given`: whether one reacted so
 */
export function Toolbar({ name, message, row, can, given, copied, active }) {
  const { t } = useLocale();
  const actions = useActions();
  const [quick] = useState(() => recentEmoji(QUICK));
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const bar = useRef(null);
  // The focus is not lost with a button: its message has it then.
  useLayoutEffect(() => {
    const element = bar.current;
    return () => {
      if (element?.contains(document.activeElement))
        element.closest('article')?.focus({ preventScroll: true });
    };
  }, []);
  if (!actions) return null;
  const tabIndex = active ? 0 : -1;

  /** @param {import('react').KeyboardEvent<HTMLElement>} event */
  function onKeyDown(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const buttons = [...event.currentTarget.querySelectorAll('button')];
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    buttons.at((at + step) % buttons.length)?.focus();
    event.preventDefault();
  }

  return (
    // oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- its buttons have the focus
    <div
      ref={bar}
      className={css.toolbar}
      role="toolbar"
      aria-label={t('actions.label', { name })}
      aria-live="off"
      onKeyDown={onKeyDown}
    >
      {can.react &&
        quick.map((emoji) => (
          <button
            key={emoji}
            type="button"
            className={css.emoji}
            aria-label={t('actions.react', { emoji })}
            aria-pressed={given(emoji)}
            title={t('actions.react', { emoji })}
            tabIndex={tabIndex}
            onClick={() => {
              rememberEmoji(emoji);
              actions.react(message, emoji, !given(emoji));
            }}
          >
            {emoji}
          </button>
        ))}
      {can.react && (
        <Tool
          icon="smile"
          label={t('actions.pick')}
          tabIndex={tabIndex}
          onClick={(event) => actions.pick(row, event.currentTarget.getBoundingClientRect())}
        />
      )}
      {can.edit && (
        <Tool
          icon="edit"
          label={t('actions.edit')}
          tabIndex={tabIndex}
          onClick={() => actions.edit(row)}
        />
      )}
      <Tool
        icon={copied ? 'check' : 'copy'}
        label={t('actions.copy')}
        tabIndex={tabIndex}
        onClick={() => actions.copy(row)}
      />
      {can.remove && (
        <Tool
          icon="trash"
          label={t('actions.delete')}
          tabIndex={tabIndex}
          onClick={() => actions.remove(row)}
        />
      )}
    </div>
  );
}

/**
 * @param {{
 *   icon: import('../../components/Icon.jsx').IconName,
 *   label: string,
 *   tabIndex: number,
 *   onClick: (event: import('react').MouseEvent<HTMLButtonElement>) => void,
 * }} props
 */
const Tool = ({ icon, label, ...rest }) => (
  <button type="button" className={css.tool} aria-label={label} title={label} {...rest}>
    <Icon name={icon} size={18} />
  </button>
);
