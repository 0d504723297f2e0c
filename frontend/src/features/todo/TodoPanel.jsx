import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { Notice } from '../../components/Notice.jsx';
import { Panel } from '../../components/Panel.jsx';
import { Skeleton } from '../../components/Skeleton.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { useWords } from '../../i18n/later/useWords.js';
import { clock } from '../../lib/time.js';
import { entriesOf } from '../../state/selectors.js';
import { look } from '../../state/todos.js';
import { useClient, useStore } from '../../state/store.js';
import { AddItem } from './AddItem.jsx';
import { told } from './told.js';
import { TodoItem } from './TodoItem.jsx';
import css from './TodoPanel.module.css';

/** @import {Line} from '../../state/todos.js' */

/** What is to do in the room. @param {{room: string, onClose: () => void}} props */
export function TodoPanel({ room, onClose }) {
  const { t } = useLocale();
  const member = useStore(({ rooms }) => Boolean(rooms[room]?.member));
  /** What was done here last, for the ear. */
  const [said, setSaid] = useState('');
  return (
    <Panel
      title={t('todo.title')}
      onClose={onClose}
      foot={member ? <AddItem key={room} room={room} onSaid={setSaid} /> : null}
    >
      <List key={room} room={room} member={member} onSaid={setSaid} />
      <p role="status" className="visually-hidden">
        {said}
      </p>
    </Panel>
  );
}

/** @param {{room: string, member: boolean, onSaid: (words: string) => void}} props */
function List({ room, member, onSaid }) {
  const { t, locale } = useLocale();
  const say = useWords();
  const client = useClient();
  const todos = useStore(({ rooms }) => rooms[room]?.todos ?? null);
  const me = useStore((state) => state.me);
  const outbox = useStore((state) => state.outbox);
  const connected = useStore((state) => state.connected);
  const lostAt = useStore((state) => state.lostAt);
  const [failed, setFailed] = useState(false);
  const [unkept, setUnkept] = useState(false);
  const lines = useLines(room, todos, outbox, me);
  /** @type {import('react').RefObject<HTMLUListElement | null>} */
  const list = useRef(null);

  const missing = !todos || todos.stale === true;
  // An answer may be overtaken while it comes: then it is asked for again.
  const lacking = missing && (todos ?? true);
  useEffect(() => {
    if (!lacking || !connected || failed) return undefined;
    let current = true;
    client.list.load(room).catch(() => current && setFailed(true));
    return () => {
      current = false;
    };
  }, [client, room, lacking, connected, failed]);
  // With the next connection it is tried again unasked.
  useEffect(() => {
    if (!connected) return undefined;
    return () => setFailed(false);
  }, [connected]);
  const retry = () => setFailed(false);

  // What was just added is seen, wherever the list was.
  const newest = lines.at(-1);
  const own = newest?.user.id === me?.id && !newest?.done ? newest?.key : undefined;
  const before = useRef(own);
  useEffect(() => {
    if (own !== before.current && own !== undefined)
      list.current?.lastElementChild?.scrollIntoView({ block: 'nearest' });
    before.current = own;
  }, [own]);

  const toggle = useCallback(
    async (/** @type {Line} */ line, /** @type {boolean} */ done) => {
      setUnkept(false);
      try {
        await client.list.toggle(room, line, !done);
      } catch {
        setUnkept(true);
        return;
      }
      const item = told(line.body);
      onSaid(done ? t('todo.said.done', { item }) : say('todo.said.back', { item }));
    },
    [client, room, onSaid, t, say],
  );

  const open = lines.filter(({ done }) => !done).length;
  const empty = lines.length === 0;
  return (
    <>
      {!connected && !empty && (
        <p className={css.note}>
          {lostAt === null
            ? say('todo.offline')
            : say('todo.offline.since', { time: clock(locale, lostAt) })}
        </p>
      )}
      {failed && missing && connected && !empty && (
        <p className={css.note} role="alert">
          {say('todo.old')}{' '}
          <Button look="link" onClick={retry}>
            {t('action.retry')}
          </Button>
        </p>
      )}
      {empty && (
        <Nothing
          state={!missing ? 'empty' : !connected ? 'away' : failed ? 'failed' : 'loading'}
          onRetry={retry}
        />
      )}
      {/* Where the marker is not drawn, some browsers do not say that it is a list. */}
      <ul
        ref={list}
        className={css.list}
        // oxlint-disable-next-line jsx-a11y/no-redundant-roles -- see above
        role="list"
        aria-label={t('room.todo.count', { count: open })}
      >
        {lines.map((line) => (
          <TodoItem key={line.key} line={line} allowed={member} onToggle={toggle} />
        ))}
      </ul>
      {unkept && (
        <p className={css.wrong} role="alert">
          {say('todo.unkept')}
        </p>
      )}
      {!member && <p className={css.note}>{say('todo.join')}</p>}
    </>
  );
}

/**
 * The lines to show. One that was there stays for as long as the panel is open,
 * so that nothing moves under the finger and all can be undone.
 * @param {string} room
 * @param {import('../../state/todos.js').Todos | null} todos
 * @param {import('../../state/queue.js').Entry[]} outbox
 * @param {import('../../api/protocol.d.ts').Self | null} me
 */
function useLines(room, todos, outbox, me) {
  const entries = useMemo(() => entriesOf(outbox, room), [outbox, room]);
  const [held, setHeld] = useState(() => look(null, todos, entries, me));
  if (held.todos === todos && held.entries === entries) return held.lines;
  const next = look(held, todos, entries, me);
  setHeld(next);
  return next.lines;
}

/**
 * Why there is nothing.
 * @param {{state: 'empty' | 'away' | 'failed' | 'loading', onRetry: () => void}} props
 */
function Nothing({ state, onRetry }) {
  const { t } = useLocale();
  const say = useWords();
  const client = useClient();
  if (state === 'loading') return <Skeleton rows={4} label={say('todo.loading')} />;
  if (state === 'empty')
    return <Notice title={say('todo.empty.title')} text={say('todo.empty.text')} />;
  const away = state === 'away';
  return (
    <Notice
      title={say(away ? 'todo.away.title' : 'todo.error.title')}
      text={say(away ? 'todo.away.text' : 'todo.error.text')}
    >
      <Button look="primary" onClick={away ? client.reconnect : onRetry}>
        {t('action.retry')}
      </Button>
    </Notice>
  );
}
