import { useLocale } from '../../i18n/Locale.jsx';
import { clip } from '../../lib/text.js';
import { Failed, Waiting } from './Delivery.jsx';
import { Note } from './Note.jsx';
import css from './Row.module.css';

/**
 * @import {ReactNode} from 'react'
 * @import {EventTodo} from '../../api/protocol.d.ts'
 * @import {Key} from '../../i18n/translate.js'
 * @import {Entry} from '../../state/queue.js'
 */

/** More items than this in one line nobody reads. */
const NAMED = 5;

/** What is longer is read on the list itself. */
const LONGEST = 80;

/** What is put in for the items, to be found again. */
const HOLE = '\u0000';

/** What somebody did with the room's list. @param {{events: EventTodo[]}} props */
export function TodoLine({ events }) {
  const [{ user, on, message }] = events;
  const key = !on ? 'todo.line.done' : message === undefined ? 'todo.line.added' : 'todo.line.back';
  return <Line words={key} name={user.name} items={events.map(({ body }) => body)} />;
}

/** @param {{words: Key, name: string, items: string[]}} props */
function Line({ words, name, items }) {
  const { t, locale } = useLocale();
  const more = items.length - NAMED;
  const shown = (more > 1 ? items.slice(0, NAMED) : items).map((item) => clip(item, LONGEST));
  const rest = more > 1 ? [t('todo.line.others', { count: more })] : [];
  const [before, after] = t(words, { name, items: HOLE }).split(HOLE);
  const list = new Intl.ListFormat(locale, { type: 'conjunction' });
  const pieces = list.formatToParts([...shown, ...rest]);
  const named = new Set(pieces.filter(({ type }) => type === 'element').slice(0, shown.length));
  /** @type {ReactNode[]} */
  const parts = pieces.map((piece, nth) =>
    // oxlint-disable-next-line react/no-array-index-key -- parts of one text
    named.has(piece) ? <bdi key={nth}>{piece.value}</bdi> : piece.value,
  );
  return (
    <span className={css.items}>
      {before}
      {parts}
      {after}
    </span>
  );
}

/** What this device wants of the list, until the server has it, or why it does not. @param {{entry: Entry, name: string}} props */
export function Wish({ entry, name }) {
  const { at, on, body, state } = entry;
  const words = on ? 'todo.line.added' : 'todo.line.done';
  return (
    <div>
      {body !== undefined && (
        <Note at={at} quiet>
          <Line words={words} name={name} items={[body]} />
          {state === 'pending' && (
            <span className={css.clock}>
              <Waiting />
            </span>
          )}
        </Note>
      )}
      {state === 'failed' && (
        <div className={css.wish}>
          <Failed entry={entry} />
        </div>
      )}
    </div>
  );
}
