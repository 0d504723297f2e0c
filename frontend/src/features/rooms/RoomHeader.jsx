import { useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { Icon } from '../../components/Icon.jsx';
import { Menu } from '../../components/Menu.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useStore } from '../../state/store.js';
import { LeaveRoom } from './LeaveRoom.jsx';
import css from './RoomHeader.module.css';

/** @import {Room} from '../../state/rooms.js' */

/** @param {{room: Room, people: boolean, onPeople: () => void, onBack: (() => void) | null}} props */
export function RoomHeader({ room, people, onPeople, onBack }) {
  const { t, locale } = useLocale();
  const count = useStore(({ presence }) => (presence?.room === room.id ? presence.count : null));
  const [leaving, setLeaving] = useState(false);
  return (
    <header className={css.header}>
      {onBack && (
        <Button look="icon" aria-label={t('action.back')} onClick={onBack}>
          <Icon name="back" size={22} />
        </Button>
      )}
      <div className={css.title}>
        <h1>
          <bdi>{room.name}</bdi>
        </h1>
        {room.topic && (
          <p className={css.topic} title={room.topic}>
            <bdi>{room.topic}</bdi>
          </p>
        )}
      </div>
      <button
        type="button"
        className={css.people}
        aria-expanded={people}
        aria-label={count === null ? t('room.people.unknown') : t('room.people', { count })}
        onClick={onPeople}
      >
        <Icon name="people" />
        {count !== null && <span>{new Intl.NumberFormat(locale).format(count)}</span>}
      </button>
      {room.member && room.id !== 'general' && (
        <Menu
          label={t('room.menu')}
          className={css.menu}
          button={<Icon name="more" />}
          items={[{ label: t('room.leave'), onSelect: () => setLeaving(true) }]}
        />
      )}
      {leaving && <LeaveRoom room={room} onClose={() => setLeaving(false)} />}
    </header>
  );
}
