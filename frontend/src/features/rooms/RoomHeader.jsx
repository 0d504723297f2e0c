import { useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { Icon } from '../../components/Icon.jsx';
import { later } from '../../components/Later.jsx';
import { Menu } from '../../components/Menu.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { openCount, totalUnread, unreadNow } from '../../state/selectors.js';
import { useClient, useStore } from '../../state/store.js';
import { Topic } from './Topic.jsx';
import css from './RoomHeader.module.css';

/** @import {Room} from '../../state/rooms.js' */

const EditRoom = later(async () => (await import('./EditRoom.jsx')).EditRoom);
const LeaveRoom = later(async () => (await import('./LeaveRoom.jsx')).LeaveRoom);

/**
 * @param {{
 *   room: Room,
 *   panel: 'people' | 'todo' | null,
 *   onPanel: (panel: 'people' | 'todo') => void,
 *   onBack: (() => void) | null,
 *   sidebar?: {shown: boolean, toggle: () => void} | null,
 * }} props `onBack` leads to the rooms where they are a page of their own; `sidebar` where they can be put away
 */
export function RoomHeader({ room, panel, onPanel, onBack, sidebar = null }) {
  const { t, locale } = useLocale();
  const client = useClient();
  const count = useStore(({ presence }) => (presence?.room === room.id ? presence.count : null));
  const todo = useStore(({ rooms, outbox, me }) => openCount(rooms[room.id], outbox, me));
  const favourite = useStore(({ favourites }) => favourites.includes(room.id));
  const elsewhere = useStore((state) => totalUnread(state) > unreadNow(state, room));
  const [dialog, setDialog] = useState(/** @type {'edit' | 'leave' | null} */ (null));
  const close = () => setDialog(null);
  const general = room.id === 'general';

  // Where the rooms are out of sight, this says that there is something new in one.
  const hidden = elsewhere && <span className={css.dot} />;
  const rooms = elsewhere ? t('rooms.show.new') : t('rooms.show');
  return (
    <header className={css.header}>
      {onBack && (
        <Button
          look="icon"
          className={css.rooms}
          aria-label={elsewhere ? t('action.back.new') : t('action.back')}
          onClick={onBack}
        >
          <Icon name="back" size={22} />
          {hidden}
        </Button>
      )}
      {sidebar && (
        <Button
          look="icon"
          className={css.rooms}
          aria-label={sidebar.shown ? t('rooms.hide') : rooms}
          aria-expanded={sidebar.shown}
          aria-controls={sidebar.shown ? 'sidebar' : undefined}
          onClick={sidebar.toggle}
        >
          <Icon name="sidebar" />
          {!sidebar.shown && hidden}
        </Button>
      )}
      <div className={css.title}>
        <h1>
          <bdi>{room.name}</bdi>
          {favourite && (
            <span className={css.star} title={t('rooms.favourites')}>
              <Icon name="star" size={16} />
            </span>
          )}
        </h1>
        {room.topic && <Topic room={room} />}
      </div>
      <button
        type="button"
        className={css.people}
        aria-expanded={panel === 'todo'}
        aria-label={todo > 0 ? t('room.todo.count', { count: todo }) : t('todo.title')}
        onClick={() => onPanel('todo')}
      >
        <Icon name="list" />
        {todo > 0 && <span>{new Intl.NumberFormat(locale).format(todo)}</span>}
      </button>
      <button
        type="button"
        className={css.people}
        aria-expanded={panel === 'people'}
        aria-label={count === null ? t('room.people.unknown') : t('room.people', { count })}
        onClick={() => onPanel('people')}
      >
        <Icon name="people" />
        {count !== null && <span>{new Intl.NumberFormat(locale).format(count)}</span>}
      </button>
      {room.member && (
        <Menu
          label={t('room.menu')}
          className={css.menu}
          button={<Icon name="more" />}
          items={[
            {
              label: t(favourite ? 'room.unfavour' : 'room.favour'),
              onSelect: () => client.favour(room.id, !favourite),
            },
            {
              label: t(general ? 'room.topic' : 'room.edit'),
              onSelect: () => setDialog('edit'),
            },
            ...(general ? [] : [{ label: t('room.leave'), onSelect: () => setDialog('leave') }]),
          ]}
        />
      )}
      {dialog === 'edit' && <EditRoom room={room} onClose={close} />}
      {dialog === 'leave' && <LeaveRoom room={room} onClose={close} />}
    </header>
  );
}
