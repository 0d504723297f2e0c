import { useMemo } from 'react';
import { Button } from '../../components/Button.jsx';
import { Notice } from '../../components/Notice.jsx';
import { Skeleton } from '../../components/Skeleton.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { entriesOf, timeline } from '../../state/selectors.js';
import { useClient, useStore } from '../../state/store.js';
import { MessageList } from './MessageList.jsx';
import css from './Conversation.module.css';

/** @import {Room} from '../../state/rooms.js' */

/** What was said in a room, or why that does not show yet. @param {{room: Room, latest?: number}} props `latest` counts the wishes to see the newest */
export function Conversation({ room, latest = 0 }) {
  const { t } = useLocale();
  const client = useClient();
  const me = useStore((state) => state.me);
  const outbox = useStore((state) => state.outbox);
  const away = useStore((state) => state.status.state === 'disconnected');
  const entries = useMemo(() => entriesOf(outbox, room.id), [outbox, room.id]);
  const { log, newAfter } = room;
  const rows = useMemo(
    () => timeline({ log, newAfter }, entries, me),
    [log, newAfter, entries, me],
  );
  // What waits to be sent shows, whether or not the rest is there yet.
  if (log || entries.length > 0) return <MessageList room={room} rows={rows} latest={latest} />;
  return (
    <div className={css.empty}>
      {away ? (
        <Notice title={t('room.away.title')} text={t('room.away.text')}>
          <Button look="primary" onClick={client.reconnect}>
            {t('action.retry')}
          </Button>
        </Notice>
      ) : (
        <Skeleton rows={7} label={t('messages.loading')} />
      )}
    </div>
  );
}
