import { memo, useEffect, useId, useRef } from 'react';
import { Button } from '../../components/Button.jsx';
import { Icon } from '../../components/Icon.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useWords } from '../../i18n/later/useWords.js';
import { fullTime, shortTime } from '../../lib/time.js';
import { useClient, useStore } from '../../state/store.js';
import { told } from './told.js';
import css from './TodoItem.module.css';

/**
 * @import {Key} from '../../i18n/translate.js'
 * @import {Line} from '../../state/todos.js'
 * @import {Entry} from '../../state/queue.js'
 */

/** @type {Record<string, Key>} */
const reasons = {
  forbidden: 'todo.failed.forbidden',
  too_long: 'todo.failed.too_long',
  not_found: 'todo.failed.not_found',
};

/** One thing to do; again only when something about it is another. */
export const TodoItem = memo(Item);

/**
 * What is done is struck through, and can be put back.
 * @param {{line: Line, allowed: boolean, onToggle: (line: Line, done: boolean) => Promise<void>}} props
 */
function Item({ line, allowed, onToggle }) {
  const { t, locale } = useLocale();
  const say = useWords();
  const connected = useStore((state) => state.connected);
  const { body, user, at, done, pending, failed } = line;
  const id = useId();
  const added = failed !== null && failed.target === undefined && failed.message === undefined;
  return (
    <li className={`${css.item} ${done ? css.done : ''}`}>
      <input
        type="checkbox"
        id={id}
        className={css.box}
        checked={done}
        disabled={!allowed || (added && failed.state === 'failed')}
        aria-describedby={`${id}-by`}
        onChange={(event) => void onToggle(line, event.target.checked)}
      />
      <div className={css.content}>
        <label htmlFor={id} className={css.text} dir="auto">
          {body}
        </label>
        <p id={`${id}-by`} className={css.by}>
          <bdi>{user.name}</bdi>
          <time dateTime={new Date(at).toISOString()} title={fullTime(locale, at)}>
            {shortTime(locale, at)}
          </time>
          {pending && (
            <span
              className={css.waiting}
              title={t(connected ? 'messages.pending' : 'messages.waiting')}
              data-state="pending"
            >
              <Icon name="clock" size={14} />
              <span className="visually-hidden">
                {t(connected ? 'messages.pending' : 'messages.waiting')}
              </span>
            </span>
          )}
        </p>
        {failed && <Refused entry={failed} />}
      </div>
      {done && allowed && (
        <Button
          look="link"
          className={css.undo}
          aria-label={say('todo.undo.of', { item: told(body) })}
          onClick={() => {
            // The button goes with what it undoes; the box stays.
            document.getElementById(id)?.focus();
            void onToggle(line, false);
          }}
        >
          {say('todo.undo')}
        </Button>
      )}
    </li>
  );
}

/** Why something was not taken, and what can be done. @param {{entry: Entry}} props */
function Refused({ entry }) {
  const { t } = useLocale();
  const client = useClient();
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const root = useRef(null);
  // The focus is not lost with its button: the place where items are added has it then.
  useEffect(() => {
    const element = root.current;
    const field = element?.closest('aside')?.querySelector('form input');
    return () => {
      if (document.activeElement === document.body || element?.contains(document.activeElement))
        /** @type {HTMLElement | null | undefined} */ (field)?.focus();
    };
  }, []);
  return (
    <div ref={root} className={css.failed} role="alert" data-state="failed">
      <Icon name="alert" size={16} />
      <span>{t(reasons[entry.code ?? ''] ?? 'todo.failed')}</span>
      <Button look="link" onClick={() => client.retry(entry)}>
        {t('messages.retry')}
      </Button>
      <Button look="link" onClick={() => client.discard(entry)}>
        {t('messages.discard')}
      </Button>
    </div>
  );
}
