import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { useLocale } from '../../i18n/Locale.jsx';
import { showUnread } from '../../platform/badge.js';
import { notices } from '../../platform/notices.js';
import { totalUnread, unreadNow } from '../../state/selectors.js';
import { useClient, useStore } from '../../state/store.js';
import { bell } from './bell.js';
import { audible, wanted } from './choices.js';
import { noticeOf } from './words.js';

/** @import {State} from '../../state/reducer.js' */

/** The rooms with something to read, as one text; null while that is not known. @param {State} state */
function toRead(state) {
  const { session, connected, rooms } = state;
  if (session === 'nobody') return '';
  if (!connected) return null;
  const left = Object.values(rooms).filter((room) => unreadNow(state, room) > 0);
  return left.map(({ id }) => id).join(' ');
}

/** Tells of messages while nobody looks, and no longer once they are read. It shows nothing on the page. */
export function Notifier() {
  const client = useClient();
  const { t } = useLocale();
  const [, navigate] = useLocation();
  const total = useStore(totalUnread);
  const left = useStore(toRead);
  const known = useRef(/** @type {Set<string> | null} */ (null));

  useEffect(() => showUnread(total), [total]);

  useEffect(() => notices.onOpen((room) => navigate(`/rooms/${room}`)), [navigate]);

  useEffect(() => {
    if (left === null) return;
    const now = new Set(left.split(' '));
    const before = known.current;
    known.current = now;
    // Of a room that this tab did not know to be unread, another may know more.
    void notices.close((room) => !now.has(room) && (!before || left === '' || before.has(room)));
  }, [left]);

  useEffect(
    () =>
      client.onArrival(async (arrival) => {
        const room = client.store.get().rooms[arrival.room];
        if (!room?.member || !wanted.get()) return;
        const shown = await notices.show(noticeOf(arrival, room.name, t));
        if (shown && audible.get()) bell.ring();
      }),
    [client, t],
  );

  return null;
}
