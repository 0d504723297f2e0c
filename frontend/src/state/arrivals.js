import { isSaid } from './changes.js';
import { countsFor } from './rooms.js';
import { unread } from './selectors.js';

/**
 * @import {ApiEvent} from '../api/index.js'
 * @import {ActivityFrame, EventFrame} from '../api/protocol.d.ts'
 * @import {Said} from './changes.js'
 * @import {State} from './reducer.js'
 */

/**
 * Something new to read: a message in the room on screen, or that another room
 * has more unread than before.
 * @typedef {{room: string, event: Said} | {room: string, seq: number, unread: number}} Arrival
 */

/** Tells of what is new, and only of that: not of what was there, or was missed and is caught up with. */
export function createArrivals() {
  /** @type {Set<(arrival: Arrival) => void>} */
  const listeners = new Set();
  /** @type {Map<string, number>} up to where a room's log is history */
  const caughtUp = new Map();

  /** @param {Arrival} arrival */
  function tell(arrival) {
    for (const listener of listeners) listener(arrival);
  }

  return {
    /** @param {(arrival: Arrival) => void} listener @returns {() => void} ends it */
    listen(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },

    /** @param {ApiEvent} frame @param {State} before @param {State} after */
    note(frame, before, after) {
      if (frame.op === 'joined') caughtUp.set(frame.room, frame.seq);
      else if (frame.op === 'event') event(frame, before, after);
      else if (frame.op === 'activity') activity(frame, before, after);
    },
  };

  /** @param {EventFrame} frame @param {State} before @param {State} after */
  function event(frame, before, after) {
    const { room, seq } = frame;
    const taken = after.rooms[room]?.log?.last === seq && before.rooms[room]?.log?.last !== seq;
    if (!isSaid(frame) || !taken || seq <= (caughtUp.get(room) ?? 0)) return;
    if (countsFor(frame, after.me)) tell({ room, event: frame });
  }

  /** @param {ActivityFrame} frame @param {State} before @param {State} after */
  function activity({ room, seq }, before, after) {
    const known = before.rooms[room];
    const now = unread(after.rooms[room], after.me);
    if (now > (known ? unread(known, before.me) : 0)) tell({ room, seq, unread: now });
  }
}
