import { ApiError } from './error.js';
import { newId } from '../lib/id.js';

/** @import {Command, ErrorCode, ErrorFrame, EventFrame, OkFrame, OkJoin, ResyncFrame} from './protocol.d.ts' */

/**
 * What a join brought. With `after` it continues there; without, or with
 * `reset`, it stands for itself and replaces what was held.
 * @typedef {Omit<OkJoin, 'op' | 'id'> & {op: 'joined', after: number | null}} Joined
 */

/** The room cannot be joined. @typedef {{op: 'refused', room: string, code: ErrorCode}} Refused */

/** @typedef {{after?: number, epoch?: string}} Position */

/** @typedef {{position: Position, joining: string | null, timer?: ReturnType<typeof setTimeout>}} Subscription */

const RETRY = 1_000;
const final = new Set(['not_found', 'forbidden', 'unauthenticated', 'invalid']);

/**
 * The rooms this client listens to. Promises whoever listens that events of a
 * room come one after the other by seq, continuing where the last `joined`
 * ended: what is repeated is dropped, what is missing is asked for first.
 * @param {{
 *   command: (frame: Command, settle: (answer: OkFrame | ErrorFrame | ApiError) => void) => void,
 *   onEvent: (event: EventFrame | Joined | Refused) => void,
 * }} options
 */
export function keepSubscriptions({ command, onEvent }) {
  /** @type {Map<string, Subscription>} */
  const rooms = new Map();

  /** @param {string} room */
  function ask(room) {
    const entry = rooms.get(room);
    if (!entry) return;
    clearTimeout(entry.timer);
    const id = newId();
    entry.joining = id;
    const { after, epoch } = entry.position;
    const asked = after === undefined ? {} : { after, ...(epoch && { epoch }) };
    command({ op: 'join', id, room, ...asked }, (answer) => {
      if (rooms.get(room) !== entry || entry.joining !== id) return;
      if (answer instanceof ApiError) {
        entry.joining = null; // the next hello asks again
      } else if (answer.op === 'error') {
        refuse(room, entry, answer);
      } else {
        entry.joining = null;
        accept(entry, /** @type {OkJoin} */ (answer), after);
      }
    });
  }

  /**
   * @param {Subscription} entry
   * @param {OkJoin} answer
   * @param {number | undefined} after
   */
  function accept(entry, answer, after) {
    const { room, seq, epoch, events, more, reset } = answer;
    const continues = after !== undefined && !reset;
    const last = events.at(-1)?.seq ?? (continues ? after : seq);
    entry.position = { after: last, epoch };
    onEvent({
      op: 'joined',
      room,
      seq,
      epoch,
      events,
      more,
      reset,
      after: continues ? after : null,
    });
  }

  /**
   * @param {string} room
   * @param {Subscription} entry
   * @param {ErrorFrame} error
   */
  function refuse(room, entry, error) {
    if (final.has(error.code)) {
      rooms.delete(room);
      onEvent({ op: 'refused', room, code: error.code });
    } else {
      entry.timer = setTimeout(ask, error.retry_ms ?? RETRY, room);
    }
  }

  return {
    /**
     * Listens to a room from `position` on, or from its newest page.
     * @param {string} room
     * @param {Position} position
     */
    join(room, position) {
      clearTimeout(rooms.get(room)?.timer);
      rooms.set(room, { position, joining: null });
      ask(room);
    },

    /** @param {string} room */
    leave(room) {
      clearTimeout(rooms.get(room)?.timer);
      if (rooms.delete(room)) command({ op: 'leave', id: newId(), room }, () => {});
    },

    /** After each hello: the new connection knows nothing of the old one's rooms. */
    rejoin() {
      for (const room of rooms.keys()) ask(room);
    },

    /** @param {ResyncFrame} frame */
    resync({ room }) {
      if (rooms.get(room)?.joining === null) ask(room);
    },

    /** @param {EventFrame} event */
    event(event) {
      const entry = rooms.get(event.room);
      // While a join is under way its answer will hold this event.
      if (!entry || entry.joining !== null) return;
      const next = (entry.position.after ?? 0) + 1;
      if (event.seq === next) {
        entry.position.after = event.seq;
        onEvent(event);
      } else if (event.seq > next) {
        ask(event.room);
      }
    },

    close() {
      for (const entry of rooms.values()) clearTimeout(entry.timer);
      rooms.clear();
    },
  };
}
