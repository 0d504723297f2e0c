import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { Button } from '../../components/Button.jsx';
import { Icon } from '../../components/Icon.jsx';
import { later } from '../../components/Later.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { copy } from '../../lib/copy.js';
import { openUnread } from '../../state/selectors.js';
import { useClient, useStore } from '../../state/store.js';
import { ActionsContext } from './actions.js';
import { canDo, nameOf, textOfRow } from './can.js';
import { createEstimate } from './estimate.js';
import { Frame } from './Message.jsx';
import { Row } from './Row.jsx';
import { END, isAtEnd, usePinnedEnd } from './end.js';
import { useAttention } from './useAttention.js';
import { useDayName } from './useDayName.js';
import { useLive } from './useLive.js';
import { usePress } from './usePress.js';
import { useWalk } from './useWalk.js';
import css from './MessageList.module.css';

/**
 * @import {Room} from '../../state/rooms.js'
 * @import {Row as RowData} from '../../state/selectors.js'
 */

const Window = later(async () => (await import('./Window.jsx')).Window);

/** So near the beginning asks for what was before. */
const EARLY = 1_000;

/** How long it shows that something was copied. */
const COPIED = 2_000;

/**
 * The messages of a room, only those near the window in the page. Stays at the
 * end while at the end; otherwise what is being read does not move, whatever
 * comes before or after it.
 * @param {{room: Room, rows: RowData[], latest: number}} props `latest` counts the wishes to see the newest
 */
export function MessageList({ room, rows, latest }) {
  const { t } = useLocale();
  const client = useClient();
  const unread = useStore(openUnread);
  const me = useStore((state) => state.me);
  const connected = useStore((state) => state.connected);
  const [atEnd, setAtEnd] = useState(true);
  const [top, setTop] = useState(/** @type {number | null} */ (null));
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const scroller = useRef(null);
  /** The row that has the focus, or had it last. */
  const [active, setActive] = useState(/** @type {string | null} */ (null));
  const [estimate] = useState(createEstimate);
  /** @type {ReturnType<typeof estimate> | undefined} */
  let heightOf;

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey: useCallback((/** @type {number} */ index) => rows[index].key, [rows]),
    estimateSize: (index) => {
      if (scroller.current) heightOf ??= estimate(scroller.current.clientWidth);
      return (heightOf ?? estimate(800))(rows[index]);
    },
    // The row that holds the focus stays, or the focus would be lost with it.
    rangeExtractor: useCallback(
      (/** @type {any} */ range) => {
        const shown = defaultRangeExtractor(range);
        if (active === null) return shown;
        const keep = rows.findIndex(({ key }) => key === active);
        if (keep < 0 || keep >= range.count || shown.includes(keep)) return shown;
        return [...shown, keep].toSorted((a, b) => a - b);
      },
      [rows, active],
    ),
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: END,
    overscan: 8,
    paddingEnd: 8,
  });

  // What grows or shrinks above what is read must not move that: also a row that
  // is cut by the upper edge. One that is being read itself may grow at its end.
  useLayoutEffect(() => {
    virtualizer.shouldAdjustScrollPositionOnItemSizeChange = (
      item,
      _,
      { scrollOffset, scrollRect },
    ) => {
      const top = scrollOffset ?? 0;
      return item.start < top && item.end <= top + (scrollRect?.height ?? 0) / 2;
    };
  }, [virtualizer]);

  const { log } = room;
  const look = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    setAtEnd(isAtEnd(element));
    const first = virtualizer.getVirtualItemForOffset(element.scrollTop + 8);
    setTop(first && element.scrollTop > 24 ? first.index : null);
    if (log?.more && log.older === 'idle' && element.scrollTop < EARLY) void client.older(room.id);
  }, [virtualizer, client, log, room.id]);

  const { pinned, leave, noteScroll, observeRow } = usePinnedEnd(scroller, virtualizer.scrollToEnd);
  const watchRow = useCallback(
    (/** @type {HTMLDivElement} */ row) => {
      virtualizer.measureElement(row);
      const end = observeRow(row);
      return () => {
        end();
        virtualizer.measureElement(null);
      };
    },
    [virtualizer, observeRow],
  );

  // When the room opens, and when it was missed for a while: on with reading at
  // the "new" line, else at the end. Whoever looks at something older stays there.
  useLayoutEffect(() => {
    if (!pinned.current) return;
    const line = rows.findIndex(({ type }) => type === 'new');
    if (line > 0) {
      leave();
      virtualizer.scrollToIndex(line, { align: 'start' });
    } else virtualizer.scrollToEnd();
    // oxlint-disable-next-line react/exhaustive-deps -- only then, not with every row
  }, [log?.joins]);
  // After every render: rows are measured as they come, without a scroll event.
  useEffect(look);

  // What one sends oneself is shown, wherever one was reading. The answer may be
  // faster than the next frame: then it never stood here as pending.
  const last = rows.at(-1);
  const own =
    last?.type === 'entry' || (last?.type === 'message' && last.mine) ? last.key : undefined;
  const sent = useRef(own);
  useEffect(() => {
    if (own && own !== sent.current) virtualizer.scrollToEnd();
    sent.current = own;
  }, [own, virtualizer]);

  const wished = useRef(latest);
  useEffect(() => {
    if (latest !== wished.current) virtualizer.scrollToEnd();
    wished.current = latest;
  }, [latest, virtualizer]);

  const live = useLive(atEnd);
  const attentive = useAttention(atEnd);
  useEffect(() => {
    client.attend(attentive);
    return () => client.attend(false);
  }, [client, attentive]);
  // The room is drawn before the client has opened it: until then another one is open.
  const isOpen = useStore((state) => state.open === room.id);
  useEffect(() => {
    if (isOpen && attentive && scroller.current && isAtEnd(scroller.current)) client.markRead();
  }, [client, isOpen, attentive, connected, log?.last, room.read, room.member]);

  const current = useRef(rows);
  useLayoutEffect(() => {
    current.current = rows;
  });
  const [copied, setCopied] = useState(/** @type {string | null} */ (null));
  useEffect(() => {
    if (copied === null) return undefined;
    const timer = setTimeout(() => setCopied(null), COPIED);
    return () => clearTimeout(timer);
  }, [copied]);
  const [open, setOpen] = useState(/** @type {import('./Window.jsx').Open | null} */ (null));

  const actions = useMemo(() => {
    const find = (/** @type {string} */ key) => current.current.find((row) => row.key === key);
    return {
      react: (
        /** @type {string} */ message,
        /** @type {string} */ emoji,
        /** @type {boolean} */ on,
      ) => void client.react(room.id, message, emoji, on),
      pick: (/** @type {string} */ key, /** @type {DOMRect} */ anchor) =>
        setOpen({ what: 'pick', key, anchor }),
      edit(/** @type {string} */ key) {
        const row = find(key);
        if (row) client.startEdit(room.id, nameOf(row));
      },
      copy(/** @type {string} */ key) {
        const row = find(key);
        if (row && copy(textOfRow(row))) setCopied(key);
      },
      remove: (/** @type {string} */ key) => setOpen({ what: 'remove', key }),
    };
  }, [client, room.id]);

  const { within, focus, walk } = useWalk({
    rows,
    virtualizer,
    scroller,
    active,
    setActive,
    onKey(key, row, element) {
      const can = canDo(row, room.member);
      if (!can) return false;
      if (key === 'Enter' || key === ' ' || key === '.')
        /** @type {HTMLElement | null} */ (element.querySelector('[role=toolbar] button'))?.focus();
      else if (key === 'c') actions.copy(row.key);
      else if (key === 'r' && can.react) actions.pick(row.key, anchorOf(element));
      else if (key === 'e' && can.edit) actions.edit(row.key);
      else if ((key === 'Delete' || key === 'Backspace') && can.remove) actions.remove(row.key);
      else return false;
      return true;
    },
  });
  const [pointed, setPointed] = useState(/** @type {string | null} */ (null));
  /** @param {EventTarget} target */
  const keyAt = (target) => {
    const holder = target instanceof Element ? target.closest('[data-index]') : null;
    return holder ? (rows[Number(holder.getAttribute('data-index'))]?.key ?? null) : null;
  };
  const press = usePress((element) => {
    const key = keyAt(element);
    const row = rows.find((row) => row.key === key);
    if (row && canDo(row, room.member)) setOpen({ what: 'sheet', key: row.key });
  });
  const closeWindow = useCallback(() => setOpen(null), []);
  // So that the first press finds it there.
  useEffect(() => {
    const timer = setTimeout(Window.ready, 1_000);
    return () => clearTimeout(timer);
  }, []);

  const items = virtualizer.getVirtualItems();
  const reached = items.some(({ index }) => rows[index].key === active);
  const empty = rows.every(({ type }) => type === 'start');
  return (
    <div className={css.list}>
      {top !== null && !atEnd && <DayPill row={rows[top]} />}
      {log?.older === 'loading' && <div className={css.loading} aria-hidden="true" />}
      {log?.older === 'failed' && (
        <p className={css.failed} role="alert">
          {t('messages.older.failed')}{' '}
          <Button look="link" onClick={() => client.older(room.id)}>
            {t('action.retry')}
          </Button>
        </p>
      )}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- only watches where the focus is */}
      <div
        ref={scroller}
        className={css.scroller}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled and walked through by keys
        tabIndex={reached ? -1 : 0}
        role="log"
        aria-label={t('messages.label', { room: room.name })}
        aria-live={live ? 'polite' : 'off'}
        aria-busy={log?.older === 'loading'}
        onScroll={() => {
          noteScroll();
          look();
        }}
        onPointerOver={({ pointerType, target }) =>
          setPointed(pointerType === 'mouse' ? keyAt(target) : null)
        }
        onPointerLeave={() => setPointed(null)}
        {...press}
        {...walk}
      >
        <div className={css.sizer} style={{ height: virtualizer.getTotalSize() }}>
          <ActionsContext value={actions}>
            {items.map(({ key: itemKey, index, start }) => {
              const row = rows[index];
              const id = `row-${row.key}`;
              const inside = (
                <Row
                  row={row}
                  id={id}
                  room={room.name}
                  topic={room.topic}
                  member={room.member}
                  me={me}
                  empty={row.type === 'start' && empty}
                  tools={
                    row.key === pointed ||
                    (within && row.key === active) ||
                    (open?.what !== 'sheet' && row.key === open?.key)
                  }
                  active={row.key === active}
                  copied={row.key === copied}
                  earlier={row.type === 'room' ? roomBefore(rows, index) : undefined}
                />
              );
              return (
                <div
                  key={itemKey}
                  ref={watchRow}
                  data-index={index}
                  className={css.row}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  {row.type === 'message' || row.type === 'entry' ? (
                    <Frame
                      id={id}
                      head={row.head}
                      focusable={row.key === active}
                      posinset={index + 1}
                      setsize={rows.length}
                    >
                      {inside}
                    </Frame>
                  ) : (
                    inside
                  )}
                </div>
              );
            })}
          </ActionsContext>
        </div>
      </div>
      {!atEnd && (
        <button
          type="button"
          className={`${css.latest} ${unread > 0 ? css.fresh : ''}`}
          onClick={() => virtualizer.scrollToEnd()}
        >
          <Icon name="down" size={18} />
          {unread > 0 ? (
            t('messages.latest.count', { count: unread })
          ) : (
            <span className="visually-hidden">{t('messages.latest')}</span>
          )}
        </button>
      )}
      <p role="status" className="visually-hidden">
        {copied !== null && t('actions.copied')}
      </p>
      <ActionsContext value={actions}>
        {open && (
          <Window
            open={open}
            row={rows.find(({ key }) => key === open.key)}
            room={room}
            me={me}
            focus={focus}
            onClose={closeWindow}
          />
        )}
      </ActionsContext>
    </div>
  );
}

/** Where the tools of a message are. @param {HTMLElement} element */
const anchorOf = (element) =>
  (element.querySelector('[role=toolbar]') ?? element).getBoundingClientRect();

/** The last change of the room before a row, where it is held. @param {RowData[]} rows @param {number} index */
function roomBefore(rows, index) {
  const row = rows.slice(0, index).findLast(({ type }) => type === 'room');
  return row?.type === 'room' ? row.event : undefined;
}

/** The day of what stands at the top, while its own line is out of sight. @param {{row: RowData | undefined}} props */
function DayPill({ row }) {
  const dayName = useDayName();
  const at = row && timeOf(row);
  if (at === undefined) return null;
  return (
    <div className={css.pill} aria-hidden="true">
      {dayName(at)}
    </div>
  );
}

/** @param {RowData} row @returns {number | undefined} */
function timeOf(row) {
  if (row.type === 'message') return row.event.at;
  if (row.type === 'entry') return row.entry.at;
  if (row.type === 'room') return row.event.at;
  if (row.type === 'wish') return row.entry.at;
  return row.type === 'member' || row.type === 'todo' ? row.events[0].at : undefined;
}
