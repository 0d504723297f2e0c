import { useLocale } from '../../i18n/Locale.jsx';
import { clock, fullTime } from '../../lib/time.js';
import { Message } from './Message.jsx';
import { useDayName } from './useDayName.js';
import css from './Row.module.css';

/**
 * @import {EventMember, Self} from '../../api/protocol.d.ts'
 * @import {Row as RowData} from '../../state/selectors.js'
 * @import {Room} from '../../state/rooms.js'
 */

/** More names than this in one line nobody reads. */
const NAMED = 4;

/**
 * One row of the list, of whatever type.
 * @param {{
 *   row: RowData,
 *   room: Pick<Room, 'name' | 'topic'>,
 *   me: Self | null,
 *   empty: boolean,
 *   posinset: number,
 *   setsize: number,
 * }} props
 */
export function Row({ row, room, me, empty, posinset, setsize }) {
  const { t, locale } = useLocale();
  const dayName = useDayName();

  /** @param {EventMember[]} events */
  function names(events) {
    const all = [...new Set(events.map(({ user }) => user.name))];
    const more = all.length - NAMED;
    const shown = more > 1 ? [...all.slice(0, NAMED), t('messages.others', { count: more })] : all;
    return new Intl.ListFormat(locale, { type: 'conjunction' }).format(shown);
  }

  switch (row.type) {
    case 'message': {
      const { event, head, mine } = row;
      return (
        <Message
          user={event.user}
          at={event.at}
          body={event.deleted ? undefined : event.body}
          edited={Boolean(event.edited)}
          head={head}
          mine={mine}
          posinset={posinset}
          setsize={setsize}
        />
      );
    }
    case 'entry': {
      const { entry, head } = row;
      return (
        <Message
          user={{ id: entry.user, name: me?.name ?? '' }}
          at={entry.at}
          body={entry.body}
          head={head}
          mine
          posinset={posinset}
          setsize={setsize}
          entry={entry}
        />
      );
    }
    case 'day':
      return (
        <div className={css.day}>
          <span className={css.label}>{dayName(row.at)}</span>
        </div>
      );
    case 'new':
      return (
        <div className={css.new}>
          <span className={css.label}>{t('messages.new')}</span>
        </div>
      );
    case 'member': {
      const { joined, at } = /** @type {EventMember} */ (row.events.at(-1));
      return (
        <p className={css.member}>
          {t(joined ? 'messages.joined' : 'messages.left', { name: names(row.events) })}{' '}
          <time dateTime={new Date(at).toISOString()} title={fullTime(locale, at)}>
            {clock(locale, at)}
          </time>
        </p>
      );
    }
    default:
      return (
        <div className={css.start}>
          <h2>{t('messages.start', { room: room.name })}</h2>
          {room.topic && <p>{room.topic}</p>}
          {empty && <p>{t('messages.empty')}</p>}
        </div>
      );
  }
}
