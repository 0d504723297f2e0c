import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { Button } from '../../components/Button.jsx';
import { Dialog } from '../../components/Dialog.jsx';
import { Icon } from '../../components/Icon.jsx';
import { composes } from '../../components/keys.js';
import { useLocale } from '../../i18n/Locale.jsx';
import { useWords } from '../../i18n/later/useWords.js';
import { find, pieces } from '../../lib/fuzzy.js';
import { memberRooms, unread } from '../../state/selectors.js';
import { useClient, useStore } from '../../state/store.js';
import { recentRooms } from './recent.js';
import css from './QuickJump.module.css';

/** @import {Room as RoomInfo} from '../../api/protocol.d.ts' */

/** More of them nobody goes through; another letter finds the rest. */
const SHOWN = 50;
const PAGE = 8;

/** @typedef {{id: string, name: string, topic: string, member: boolean, count: number}} Target */

/**
 * Finds a room by a few letters and goes there: one's own first, those seen last
 * at the top, then every other one. What fits nothing can become a new room.
 * @param {{
 *   current: string | null,
 *   onPick: (room: string) => void,
 *   onCreate: (name: string) => void,
 *   onClose: () => void,
 * }} props
 */
export function QuickJump({ current, onPick, onCreate, onClose }) {
  const { t } = useLocale();
  const say = useWords();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const { targets, state, again } = useTargets(current);
  const id = useId();
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const list = useRef(null);

  const found = useMemo(
    () => find(query, targets, ({ id, name, topic }) => ({ name, others: [id, topic] })),
    [query, targets],
  ).slice(0, SHOWN);
  const wish = query.trim();
  const exists = targets.some(({ name }) => name.toLowerCase() === wish.toLowerCase());
  const offers = wish !== '' && !exists;
  const count = found.length + Number(offers);
  const at = Math.min(active, count - 1);

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView?.({ block: 'nearest' });
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- they say which line it is
  }, [at, found.length]);

  /** @param {number} index */
  function choose(index) {
    if (index < 0) return;
    if (index < found.length) onPick(found[index].item.id);
    else if (offers) onCreate(wish);
  }

  /** @param {import('react').KeyboardEvent} event */
  function onKeyDown(event) {
    if (composes(event.nativeEvent) || event.altKey || event.ctrlKey || event.metaKey) return;
    const to = {
      ArrowDown: (at + 1) % count,
      ArrowUp: (at - 1 + count) % count,
      PageDown: Math.min(at + PAGE, count - 1),
      PageUp: Math.max(at - PAGE, 0),
    }[event.key];
    if (to !== undefined) {
      if (count > 0) setActive(to);
    } else if (event.key === 'Enter') choose(at);
    else return;
    event.preventDefault();
  }

  return (
    <Dialog title={t('jump.title')} look="bare" onClose={onClose}>
      <div className={css.jump}>
        <div className={css.field}>
          <Icon name="search" />
          <input
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- the one thing to do in this window
            autoFocus
            className={css.input}
            type="text"
            role="combobox"
            aria-label={say('jump.label')}
            aria-expanded={count > 0}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
            placeholder={say('jump.label')}
            autoComplete="off"
            spellCheck={false}
            enterKeyHint="go"
            dir="auto"
            value={query}
            onChange={(event) => {
              setQuery(event.target.value);
              setActive(0);
            }}
            onKeyDown={onKeyDown}
          />
          <Button look="icon" aria-label={t('action.close')} onClick={onClose}>
            <Icon name="close" />
          </Button>
        </div>
        <div
          ref={list}
          id={`${id}-list`}
          role="listbox"
          aria-label={t('rooms.title')}
          className={css.list}
        >
          {found.map(({ item, marks }, index) => (
            <Option
              key={item.id}
              id={`${id}-${index}`}
              active={index === at}
              onChoose={() => choose(index)}
            >
              <Icon name="room" size={16} />
              <span className={css.words}>
                <bdi className={`${css.name} ${item.count > 0 ? css.unread : ''}`}>
                  {pieces(item.name, marks).map(({ text, marked }, place) =>
                    // oxlint-disable-next-line react/no-array-index-key -- pieces of one text
                    marked ? <mark key={place}>{text}</mark> : text,
                  )}
                </bdi>
                {item.topic && <bdi className={css.topic}>{item.topic}</bdi>}
              </span>
              {item.count > 0 && (
                <span className={css.count}>{say('jump.unread', { count: item.count })}</span>
              )}
              {!item.member && <span className={css.fact}>{say('jump.foreign')}</span>}
              {item.id === current && <span className={css.fact}>{say('jump.here')}</span>}
            </Option>
          ))}
          {offers && (
            <Option
              id={`${id}-${found.length}`}
              active={at === found.length}
              onChoose={() => choose(found.length)}
            >
              <Icon name="plus" size={16} />
              <span className={css.words}>
                <bdi className={css.name}>{say('jump.create', { name: wish })}</bdi>
              </span>
            </Option>
          )}
        </div>
        <div className={css.notes}>
          {state === 'loading' && <p className={css.loading}>{say('jump.loading')}</p>}
          {state === 'offline' && <p>{say('jump.offline')}</p>}
          {state === 'failed' && (
            <p>
              {say('jump.failed')}{' '}
              <Button look="link" onClick={again}>
                {t('action.retry')}
              </Button>
            </p>
          )}
        </div>
        <p role="status" className="visually-hidden">
          {wish && say(found.length > 0 ? 'browse.count' : 'jump.none', { count: found.length })}
        </p>
      </div>
    </Dialog>
  );
}

/**
 * One line of the list. The focus stays in the field, whose keys choose.
 * @param {{id: string, active: boolean, onChoose: () => void, children: import('react').ReactNode}} props
 */
function Option({ id, active, onChoose, children }) {
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the field has the keys
    <div id={id} role="option" aria-selected={active} className={css.option} onClick={onChoose}>
      {children}
    </div>
  );
}

/** Where one could go. @param {string | null} current */
function useTargets(current) {
  const client = useClient();
  const rooms = useStore((state) => state.rooms);
  const me = useStore((state) => state.me);
  const connected = useStore((state) => state.connected);
  const [others, setOthers] = useState(/** @type {RoomInfo[] | null} */ (null));
  const [failed, setFailed] = useState(false);

  const ask = useCallback(() => {
    client.browse().then(
      (list) => setOthers(list.rooms),
      () => setFailed(true),
    );
  }, [client]);
  useEffect(() => {
    if (connected) ask();
  }, [connected, ask]);

  const recent = useMemo(() => recentRooms(me?.id ?? ''), [me?.id]);
  const targets = useMemo(() => {
    const own = memberRooms(rooms);
    /** Seen last comes first; where one is already comes after all the others. @param {string} id */
    const rank = (id) => {
      if (id === current) return Infinity;
      const at = recent.indexOf(id);
      return at < 0 ? recent.length : at;
    };
    /** @type {Target[]} */
    const mine = own
      .toSorted((a, b) => rank(a.id) - rank(b.id) || 0)
      .map((room) => ({
        ...room,
        member: true,
        count: room.id === current ? 0 : unread(room, me),
      }));
    const foreign = (others ?? [])
      .filter(({ id }) => !rooms[id]?.member)
      .map(({ id, name, topic = '' }) => ({ id, name, topic, member: false, count: 0 }));
    return [...mine, ...foreign];
  }, [rooms, others, recent, current, me]);

  const waits = failed ? 'failed' : 'loading';
  return {
    targets,
    /** @type {'here' | 'loading' | 'failed' | 'offline'} */
    state: others ? 'here' : connected ? waits : 'offline',
    again() {
      setFailed(false);
      ask();
    },
  };
}
