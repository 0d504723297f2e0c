import { useMemo } from 'react';
import { useLocale } from '../../i18n/Locale.jsx';
import { typedAs } from '../../state/queue.js';
import { textsOf } from '../../state/selectors.js';
import { useStore } from '../../state/store.js';
import { Frame, Message } from './Message.jsx';
import css from './Unsent.module.css';

/** What was written for a room that does not show, so that it can be had back. @param {{room: string}} props */
export function Unsent({ room }) {
  const { t } = useLocale();
  const me = useStore((state) => state.me);
  const outbox = useStore((state) => state.outbox);
  const entries = useMemo(() => textsOf(outbox, room), [outbox, room]);
  if (entries.length === 0) return null;
  return (
    <section className={css.unsent} aria-label={t('messages.unsent')}>
      {entries.map((entry, index) => (
        <Frame
          key={entry.id}
          id={`unsent-${entry.id}`}
          head={index === 0}
          posinset={index + 1}
          setsize={entries.length}
        >
          <Message
            id={`unsent-${entry.id}`}
            user={{ id: entry.user, name: me?.name ?? '' }}
            at={entry.at}
            body={typedAs(entry)}
            head={index === 0}
            mine
            entry={entry}
          />
        </Frame>
      ))}
    </section>
  );
}
