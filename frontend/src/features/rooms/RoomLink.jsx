import { memo } from 'react';
import { Link } from 'wouter';
import { Icon } from '../../components/Icon.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import css from './RoomLink.module.css';

/** @import {Room} from '../../state/rooms.js' */

/** From here on the server stops counting. */
const MANY = 1_000;

/**
 * The way to a room, and what waits there. Another room's messages do not draw it anew.
 * @param {{room: Room, current: boolean, count: number, failed: boolean}} props `failed`: something was not sent
 */
function WayToRoom({ room, current, count, failed }) {
  const { t } = useLocale();
  const named = count > 0 ? t('rooms.unread', { room: room.name, count }) : room.name;
  const spoken = failed ? t('rooms.unsent', { room: named }) : named;
  return (
    <Link
      href={`/rooms/${room.id}`}
      state={{ fromList: true }}
      className={`${css.room} ${count > 0 ? css.unread : ''} ${room.member ? '' : css.visited}`}
      aria-current={current ? 'page' : undefined}
      aria-label={spoken === room.name ? undefined : spoken}
    >
      <Icon name="room" size={16} />
      <bdi className={css.name}>{room.name}</bdi>
      {failed && (
        <span className={css.failed} title={t('messages.failed')}>
          <Icon name="alert" size={16} />
        </span>
      )}
      {count > 0 && <span className={css.count}>{count < MANY ? count : t('rooms.many')}</span>}
    </Link>
  );
}

export const RoomLink = memo(WayToRoom);
