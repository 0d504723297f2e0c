import { memo } from 'react';
import { useLocale } from '../../i18n/Locale.jsx';
import { ReachContext } from './actions.js';
import { canDo, guestOf, isCard, nameOf, reactionsOf } from './can.js';
import { Message } from './Message.jsx';
import { Note } from './Note.jsx';
import { Reactions } from './Reactions.jsx';
import { TodoLine, Wish } from './TodoLine.jsx';
import { Toolbar } from './Toolbar.jsx';
import { useDayName } from './useDayName.js';
import css from './Row.module.css';

/**
 * @import {EventMember, EventRoom, EventTodo, Self} from '../../api/protocol.d.ts'
 * @import {Row as RowData} from '../../state/selectors.js'
 */

/** More names than this in one line nobody reads. */
const NAMED = 4;

/**
 * One row of the list, of whatever type; of a message what stands in its frame.
 * Drawn anew only when something of it changes, however long the list is.
 * @param {{
 *   row: RowData,
 *   id: string,
 *   room: string,
 *   topic: string,
 *   member: boolean,
 *   me: Self | null,
 *   empty: boolean,
 *   tools: boolean,
 *   active: boolean,
 *   copied: boolean,
 *   earlier?: EventRoom,
 * }} props `tools`: the pointer or the focus is on it; `active`: the focus is; `earlier`: the
 *   room as it was before this row, where that is known
 */
function ListRow({ row, id, room, topic, member, me, empty, tools, active, copied, earlier }) {
  const { t, locale } = useLocale();
  const dayName = useDayName();

  /** @param {EventMember[]} events */
  function names(events) {
    const all = [...new Set(events.map(({ user }) => user.name))];
    const more = all.length - NAMED;
    const shown = more > 1 ? [...all.slice(0, NAMED), t('messages.others', { count: more })] : all;
    return new Intl.ListFormat(locale, { type: 'conjunction' }).format(shown);
  }

  const can = tools ? canDo(row, member) : null;

  switch (row.type) {
    case 'message': {
      const { event, head, mine, pending, failed } = row;
      const reactions = reactionsOf(row);
      const as = guestOf(row);
      return (
        <ReachContext value={active}>
          <Message
            id={id}
            user={event.user}
            as={as}
            at={event.at}
            body={event.deleted ? undefined : (event.body ?? '')}
            card={isCard(row)}
            edited={event.kind === 'message' && Boolean(event.edited)}
            head={head}
            mine={mine}
            pending={pending}
            failed={failed}
          >
            {reactions && !event.deleted && (
              <Reactions
                reactions={reactions}
                message={event.id}
                row={row.key}
                me={me?.id ?? ''}
                active={active}
                allowed={member}
              />
            )}
          </Message>
          {can && (
            <Toolbar
              name={as === undefined ? event.user.name : t('messages.as', { name: as })}
              message={event.id}
              row={row.key}
              can={can}
              given={(emoji) => (reactions?.[emoji] ?? []).some(({ id: user }) => user === me?.id)}
              copied={copied}
              active={active}
            />
          )}
        </ReachContext>
      );
    }
    case 'entry': {
      const { entry, head } = row;
      return (
        <ReachContext value={active}>
          <Message
            id={id}
            user={{ id: entry.user, name: me?.name ?? '' }}
            at={entry.at}
            body={entry.body}
            card={isCard(row)}
            head={head}
            mine
            entry={entry}
          />
          {can && (
            <Toolbar
              name={me?.name ?? ''}
              message={nameOf(row)}
              row={row.key}
              can={can}
              given={() => false}
              copied={copied}
              active={active}
            />
          )}
        </ReachContext>
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
        <Note at={at}>
          {t(joined ? 'messages.joined' : 'messages.left', { name: names(row.events) })}
        </Note>
      );
    }
    case 'todo':
      return (
        <Note at={/** @type {EventTodo} */ (row.events.at(-1)).at} quiet={row.mine}>
          <TodoLine events={row.events} />
        </Note>
      );
    case 'wish':
      return <Wish entry={row.entry} name={me?.name ?? ''} />;
    case 'room': {
      const { user, name, topic: now, at } = row.event;
      const said = [];
      if (name !== earlier?.name)
        said.push(t('messages.room.named', { name: user.name, room: name }));
      if (now !== (earlier?.topic ?? ''))
        said.push(
          t(now ? 'messages.room.topic' : 'messages.room.untopic', { name: user.name, topic: now }),
        );
      // What changes nothing is an event all the same.
      if (said.length === 0) said.push(t('messages.room.named', { name: user.name, room: name }));
      return <Note at={at}>{said.join(' ')}</Note>;
    }
    default:
      return (
        <div className={css.start}>
          <h2>{t('messages.start', { room })}</h2>
          {topic && <p>{topic}</p>}
          {empty && <p>{t('messages.empty')}</p>}
        </div>
      );
  }
}

export const Row = memo(ListRow);
