import { useMemo, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { Bowl } from '../../components/Bowl.jsx';
import { Button } from '../../components/Button.jsx';
import { Icon } from '../../components/Icon.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { failedRooms, listedRooms, unread } from '../../state/selectors.js';
import { useStore } from '../../state/store.js';
import { BrowseRooms } from './BrowseRooms.jsx';
import { CreateRoom } from './CreateRoom.jsx';
import css from './Sidebar.module.css';

/** @import {ReactNode} from 'react' */

/** From here on the server stops counting. */
const MANY = 1_000;

/** One's rooms, and the ways to others. @param {{current: string | null, me: ReactNode}} props */
export function Sidebar({ current, me: account }) {
  const { t } = useLocale();
  const rooms = useStore((state) => state.rooms);
  const me = useStore((state) => state.me);
  const [, navigate] = useLocation();
  const [dialog, setDialog] = useState(/** @type {'create' | 'browse' | null} */ (null));
  const close = () => setDialog(null);
  const House = current === null ? 'h1' : 'span';
  /** @param {string} room */
  const go = (room) => {
    close();
    navigate(`/rooms/${room}`, { state: { fromList: true } });
  };
  const outbox = useStore((state) => state.outbox);
  const failed = useMemo(() => failedRooms(outbox), [outbox]);
  const shown = listedRooms(rooms, current, failed);
  /** @param {{id: string, name: string}} room @param {number} count */
  const spoken = ({ id, name }, count) => {
    const named = count > 0 ? t('rooms.unread', { room: name, count }) : name;
    if (failed.has(id)) return t('rooms.unsent', { room: named });
    return count > 0 ? named : undefined;
  };

  return (
    <nav className={css.sidebar} aria-label={t('rooms.title')}>
      <header className={css.header}>
        <Bowl size={26} />
        <House className={css.house}>{t('app.name')}</House>
      </header>
      <div className={css.scroll}>
        <div className={css.heading}>
          <h2>{t('rooms.title')}</h2>
          <Button look="icon" aria-label={t('rooms.create')} onClick={() => setDialog('create')}>
            <Icon name="plus" size={18} />
          </Button>
        </div>
        <ul>
          {shown.map((room) => {
            const count = room.id === current ? 0 : unread(room, me);
            return (
              <li key={room.id}>
                <Link
                  href={`/rooms/${room.id}`}
                  state={{ fromList: true }}
                  className={`${css.room} ${count > 0 ? css.unread : ''} ${room.member ? '' : css.visited}`}
                  aria-current={room.id === current ? 'page' : undefined}
                  aria-label={spoken(room, count)}
                >
                  <Icon name="room" size={16} />
                  <bdi className={css.name}>{room.name}</bdi>
                  {failed.has(room.id) && (
                    <span className={css.failed} title={t('messages.failed')}>
                      <Icon name="alert" size={16} />
                    </span>
                  )}
                  {count > 0 && (
                    <span className={css.count}>{count < MANY ? count : t('rooms.many')}</span>
                  )}
                </Link>
              </li>
            );
          })}
        </ul>
        <button type="button" className={css.browse} onClick={() => setDialog('browse')}>
          <Icon name="compass" size={16} />
          {t('rooms.browse')}
        </button>
      </div>
      <footer className={css.footer}>{account}</footer>
      {dialog === 'create' && <CreateRoom onClose={close} onDone={go} />}
      {dialog === 'browse' && (
        <BrowseRooms onClose={close} onPick={go} onCreate={() => setDialog('create')} />
      )}
    </nav>
  );
}
