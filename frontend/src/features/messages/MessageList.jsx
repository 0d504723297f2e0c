import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { Button } from '../../components/Button.jsx';
import { Icon } from '../../components/Icon.jsx';
import { useLocale } from '../../i18n/Locale.jsx';
import { openUnread } from '../../state/selectors.js';
import { useClient, useStore } from '../../state/store.js';
import { estimateHeight } from './estimate.js';
import { Row } from './Row.jsx';
import { END, isAtEnd, usePinnedEnd } from './end.js';
import { useAttention } from './useAttention.js';
import { useDayName } from './useDayName.js';
import css from './MessageList.module.css';

/**
 * @import {Room} from '../../state/rooms.js'
 * @import {Row as RowData} from '../../state/selectors.js'
 */

/** So near the beginning asks for what was before. */
const EARLY = 1_000;

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
  /** @type {import('react').RefObject<string | null>} the key of the row that holds the focus */
  const focused = useRef(null);

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    getItemKey: useCallback((/** @type {number} */ index) => rows[index].key, [rows]),
    estimateSize: (index) => estimateHeight(rows[index], scroller.current?.clientWidth ?? 800),
    // The row that holds the focus stays, or the focus would be lost with it.
    rangeExtractor: useCallback(
      (/** @type {any} */ range) => {
        const shown = defaultRangeExtractor(range);
        if (focused.current === null) return shown;
        const keep = rows.findIndex(({ key }) => key === focused.current);
        if (keep < 0 || keep >= range.count || shown.includes(keep)) return shown;
        return [...shown, keep].toSorted((a, b) => a - b);
      },
      [rows],
    ),
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: END,
    overscan: 8,
    paddingEnd: 8,
  });

  const { log } = room;
  const look = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    setAtEnd(isAtEnd(element));
    const first = virtualizer.getVirtualItemForOffset(element.scrollTop + 8);
    setTop(first && element.scrollTop > 24 ? first.index : null);
    if (log?.more && log.older === 'idle' && element.scrollTop < EARLY) void client.older(room.id);
  }, [virtualizer, client, log, room.id]);

  const { pinned, noteScroll } = usePinnedEnd(scroller, virtualizer.scrollToEnd);

  // When the room opens, and when it was missed for a while: on with reading at
  // the "new" line, else at the end. Whoever looks at something older stays there.
  useLayoutEffect(() => {
    if (!pinned.current) return;
    const line = rows.findIndex(({ type }) => type === 'new');
    if (line > 0) virtualizer.scrollToIndex(line, { align: 'start' });
    else virtualizer.scrollToEnd();
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

  const attentive = useAttention(atEnd);
  useEffect(() => {
    client.attend(attentive);
    return () => client.attend(false);
  }, [client, attentive]);
  useEffect(() => {
    if (attentive && scroller.current && isAtEnd(scroller.current)) client.markRead();
  }, [client, attentive, connected, log?.last, room.read, room.member]);

  const items = virtualizer.getVirtualItems();
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
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- scrolled by keys
        tabIndex={0}
        role="log"
        aria-label={t('messages.label', { room: room.name })}
        aria-live={atEnd ? 'polite' : 'off'}
        aria-busy={log?.older === 'loading'}
        onScroll={() => {
          noteScroll();
          look();
        }}
        onFocus={(event) => {
          const row = event.target.closest('[data-index]');
          focused.current = row ? rows[Number(row.getAttribute('data-index'))].key : null;
        }}
        onBlur={() => (focused.current = null)}
      >
        <div className={css.sizer} style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              className={css.row}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Row
                row={rows[item.index]}
                room={room}
                me={me}
                empty={empty}
                posinset={item.index + 1}
                setsize={rows.length}
              />
            </div>
          ))}
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
    </div>
  );
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
  return row.type === 'member' ? row.events[0].at : undefined;
}
