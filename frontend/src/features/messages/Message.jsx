import { memo } from 'react';
import { Avatar } from '../../components/Avatar.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { clock, fullTime } from '../../lib/time.js';
import { Body } from './Body.jsx';
import css from './Message.module.css';

/**
 * @import {ReactNode} from 'react'
 * @import {EventMessage, User} from '../../api/protocol.d.ts'
 */

/**
 * One message as everybody sees it; the first of a group names its author.
 * @param {{
 *   user: User,
 *   at: number,
 *   head: boolean,
 *   mine: boolean,
 *   place: {'aria-posinset'?: number, 'aria-setsize'?: number},
 *   dim?: boolean,
 *   children: ReactNode,
 * }} props
 */
export function MessageFrame({ user, at, head, mine, place, dim = false, children }) {
  const { t, locale } = useLocale();
  const time = clock(locale, at);
  const stamp = (
    <time dateTime={new Date(at).toISOString()} title={fullTime(locale, at)}>
      {time}
    </time>
  );
  return (
    <article
      className={`${css.message} ${head ? css.head : ''} ${mine ? css.mine : ''} ${dim ? css.dim : ''}`}
      aria-label={t('messages.by', { name: user.name, time })}
      {...place}
    >
      <div className={css.margin}>
        {head ? <Avatar user={user} /> : <span className={css.aside}>{stamp}</span>}
      </div>
      <div className={css.content}>
        {head && (
          <p className={css.author}>
            <bdi className={css.name}>{user.name}</bdi>
            {mine && <span className={css.you}>{t('messages.you')}</span>}
            {stamp}
          </p>
        )}
        {children}
      </div>
    </article>
  );
}

/** @param {{event: EventMessage, head: boolean, mine: boolean, posinset: number, setsize: number}} props */
function MessageRow({ event, head, mine, posinset, setsize }) {
  const { t } = useLocale();
  return (
    <MessageFrame
      user={event.user}
      at={event.at}
      head={head}
      mine={mine}
      place={{ 'aria-posinset': posinset, 'aria-setsize': setsize }}
    >
      {event.deleted || event.body === undefined ? (
        <p className={css.gone}>{t('messages.deleted')}</p>
      ) : (
        <Body text={event.body} />
      )}
      {event.edited && !event.deleted && <p className={css.edited}>({t('messages.edited')})</p>}
    </MessageFrame>
  );
}

export const Message = memo(MessageRow);
