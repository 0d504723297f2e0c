import { memo, useId } from 'react';
import { Avatar } from '../../components/Avatar.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { clock, fullTime, shortClock } from '../../lib/time.js';
import { Body } from './Body.jsx';
import { Failed, Waiting } from './Delivery.jsx';
import css from './Message.module.css';

/**
 * @import {User} from '../../api/protocol.d.ts'
 * @import {Entry} from '../../state/queue.js'
 */

/**
 * One message; the first of a group names its author. One that is on its way is
 * the same element before and after: it is read aloud once. Who and when stands
 * there once for the ear too, with every message, and names it.
 * @param {{
 *   user: User,
 *   at: number,
 *   body: string | undefined,
 *   edited?: boolean,
 *   head: boolean,
 *   mine: boolean,
 *   posinset: number,
 *   setsize: number,
 *   entry?: Entry,
 * }} props `body`: none where it was deleted; `entry`: while this device keeps it for the server
 */
function MessageRow({ user, at, body, edited, head, mine, posinset, setsize, entry }) {
  const { t, locale } = useLocale();
  const id = useId();
  const pending = entry?.state === 'pending';
  const time = clock(locale, at);
  const stamp = { dateTime: new Date(at).toISOString(), title: fullTime(locale, at) };
  return (
    <article
      className={`${css.message} ${head ? css.head : ''} ${pending ? css.dim : ''}`}
      aria-labelledby={id}
      aria-posinset={posinset}
      aria-setsize={setsize}
    >
      <span id={id} className="visually-hidden">
        {t('messages.by', { name: user.name, time })}
      </span>
      <div className={css.margin}>
        {head ? (
          <Avatar user={user} />
        ) : (
          <span className={css.aside}>
            <time {...stamp} aria-hidden="true">
              {shortClock(locale, at)}
            </time>
            {pending && <Waiting />}
          </span>
        )}
      </div>
      <div className={css.content}>
        {head && (
          <p className={css.author}>
            <bdi className={css.name} aria-hidden="true">
              {user.name}
            </bdi>
            {mine && <span className={css.you}>{t('messages.you')}</span>}
            <time {...stamp} aria-hidden="true">
              {time}
            </time>
            {pending && <Waiting />}
          </p>
        )}
        {body === undefined ? (
          <p className={css.gone}>{t('messages.deleted')}</p>
        ) : (
          <Body text={body} />
        )}
        {edited && body !== undefined && <p className={css.edited}>({t('messages.edited')})</p>}
        {entry?.state === 'failed' && <Failed entry={entry} />}
      </div>
    </article>
  );
}

export const Message = memo(MessageRow);
