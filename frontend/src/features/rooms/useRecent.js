import { useEffect } from 'react';
import { useStore } from '../../state/store.js';
import { noteVisit } from './recent.js';

/** Remembers where one was, for the quick way back. @param {string | null} room */
export function useRecent(room) {
  const me = useStore((state) => state.me?.id);
  const known = useStore(({ rooms }) => Boolean(room && rooms[room]?.log));
  useEffect(() => {
    if (room && me && known) noteVisit(me, room);
  }, [room, me, known]);
}
