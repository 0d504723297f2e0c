import { useMemo } from 'react';
import { Bowl } from '../../components/Bowl.jsx';
import { Button } from '../../components/Button.jsx';
import { Icon } from '../../components/Icon.jsx';
import { Keys } from '../../components/Keys.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { failedRooms, unread } from '../../state/selectors.js';
import { useStore } from '../../state/store.js';
import { roomsInOrder } from './order.js';
import { RoomLink } from './RoomLink.jsx';
import css from './Sidebar.module.css';

/**
 * @import {ReactNode} from 'react'
 * @import {Room} from '../../state/rooms.js'
 */

/**
 * One's rooms, and the ways to others.
 * @param {{
 *   current: string | null,
 *   me: ReactNode,
 *   onFind: () => void,
 *   onCreate: () => void,
 *   onBrowse: () => void,
 * }} props
 */
export function Sidebar({ current, me: account, onFind, onCreate, onBrowse }) {
  const { t } = useLocale();
  const rooms = useStore((state) => state.rooms);
  const me = useStore((state) => state.me);
  const outbox = useStore((state) => state.outbox);
  const favourites = useStore((state) => state.favourites);
  const failed = useMemo(() => failedRooms(outbox), [outbox]);
  const shown = roomsInOrder({ rooms, outbox, favourites }, current);
  const House = current === null ? 'h1' : 'span';

  /** @param {Room[]} list */
  const links = (list) => (
    <ul>
      {list.map((room) => (
        <li key={room.id}>
          <RoomLink
            room={room}
            current={room.id === current}
            count={room.id === current ? 0 : unread(room, me)}
            failed={failed.has(room.id)}
          />
        </li>
      ))}
    </ul>
  );

  return (
    <nav id="sidebar" className={css.sidebar} aria-label={t('rooms.title')}>
      <header className={css.header}>
        <Bowl size={26} />
        <House className={css.house}>{t('app.name')}</House>
      </header>
      <div className={css.find}>
        <button type="button" className={css.finder} onClick={onFind}>
          <Icon name="search" size={16} />
          <span className={css.words}>{t('jump.title')}</span>
          <Keys keys={['Mod', 'K']} className={css.keys} />
        </button>
      </div>
      <div className={css.scroll}>
        {shown.favourites.length > 0 && (
          <section className={css.section}>
            <div className={css.heading}>
              <h2>{t('rooms.favourites')}</h2>
            </div>
            {links(shown.favourites)}
          </section>
        )}
        <section className={css.section}>
          <div className={css.heading}>
            <h2>{t('rooms.title')}</h2>
            <Button look="icon" aria-label={t('rooms.create')} onClick={onCreate}>
              <Icon name="plus" size={18} />
            </Button>
          </div>
          {links(shown.others)}
          <button type="button" className={css.browse} onClick={onBrowse}>
            <Icon name="compass" size={16} />
            {t('rooms.browse')}
          </button>
        </section>
      </div>
      <footer className={css.footer}>{account}</footer>
    </nav>
  );
}
