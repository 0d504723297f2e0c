import { Avatar } from '../../components/Avatar.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { clock, fullTime, shortClock } from '../../lib/time.js';
import { Body } from './Body.jsx';
import { Card } from './Card.jsx';
import { Failed, Waiting } from './Delivery.jsx';
import css from './Message.module.css';

/**
 * @import {ReactNode} from 'react'
 * @import {User} from '../../api/protocol.d.ts'
 * @import {Entry} from '../../state/queue.js'
 */

/** @type {Entry[]} */
const none = [];

/**
 * The frame of a message. One that is on its way is the same element before and
 * after: it is read aloud once. It is named by who wrote it and when, and
 * described by what it says.
 * @param {{
 *   id: string,
 *   head: boolean,
 *   focusable?: boolean,
 *   posinset: number,
 *   setsize: number,
 *   children: ReactNode,
 * }} props `focusable`: where the Tab key finds the list
 */
export function Frame({ id, head, focusable, posinset, setsize, children }) {
  return (
    <article
      className={`${css.message} ${head ? css.head : ''}`}
      aria-labelledby={`${id}-who`}
      aria-describedby={`${id}-what`}
      aria-posinset={posinset}
      aria-setsize={setsize}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- arrow keys walk from one to the next
      tabIndex={focusable === undefined ? undefined : focusable ? 0 : -1}
    >
      {children}
    </article>
  );
}

/**
 * What stands in the frame; the first of a group names its author. Who and when
 * stands there once for the ear too, with every message.
 * @param {{
 *   id: string,
 *   user: User,
 *   as?: string,
 *   at: number,
 *   body: string | undefined,
 *   card?: boolean,
 *   edited?: boolean,
 *   head: boolean,
 *   mine: boolean,
 *   entry?: Entry,
 *   pending?: boolean,
 *   failed?: Entry[],
 *   children?: ReactNode,
 * }} props `as`: the name it was written under, which is nobody's account; `body`: none
 *   where it was deleted, of a `card` what its table is made of; `entry`: while this device keeps it for the
 *   server; `pending`: a change of it is on its way; `failed`: changes that were refused
 */
export function Message({
  id,
  user,
  as,
  at,
  body,
  card = false,
  edited,
  head,
  mine,
  entry,
  pending = entry?.state === 'pending',
  failed = none,
  children,
}) {
  const { t, locale } = useLocale();
  const time = clock(locale, at);
  const guest = as !== undefined;
  const name = as ?? user.name;
  const under = t('messages.guest.of', { name: user.name });
  const stamp = { dateTime: new Date(at).toISOString(), title: fullTime(locale, at) };
  return (
    <>
      <span id={`${id}-who`} className="visually-hidden">
        {t('messages.by', { name: guest ? `${name} (${under})` : name, time })}
      </span>
      <div className={css.margin}>
        {head ? (
          <Avatar user={guest ? { id: name, name } : user} guest={guest} />
        ) : (
          <span className={css.aside}>
            <time {...stamp} aria-hidden="true">
              {shortClock(locale, at)}
            </time>
            {pending && <Waiting />}
          </span>
        )}
      </div>
      <div className={`${css.content} ${pending ? css.dim : ''}`}>
        {head && (
          <p className={css.author}>
            <bdi className={css.name} aria-hidden="true">
              {name}
            </bdi>
            {guest && (
              <span className={css.guest} title={under} aria-hidden="true">
                {t('messages.guest')}
              </span>
            )}
            {mine && <span className={css.you}>{t('messages.you')}</span>}
            <time {...stamp} aria-hidden="true">
              {time}
            </time>
            {pending && <Waiting />}
          </p>
        )}
        <div id={`${id}-what`}>
          {body === undefined ? (
            <p className={css.gone}>{t('messages.deleted')}</p>
          ) : card ? (
            <Card id={id} text={body} />
          ) : (
            <Body text={body} note={edited ? `(${t('messages.edited')})` : undefined} />
          )}
        </div>
        {entry?.state === 'failed' && <Failed entry={entry} />}
        {failed.map((change) => (
          <Failed key={change.id} entry={change} quoted />
        ))}
        {children}
      </div>
    </>
  );
}
