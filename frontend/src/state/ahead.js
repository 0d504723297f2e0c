import { isAsked, isShort } from './log.js';
import { KEPT } from './rooms.js';
import { unread } from './selectors.js';
import { codeOf } from './session.js';

/**
 * @import {Room} from './rooms.js'
 * @import {Action} from './reducer.js'
 * @import {Store} from './store.js'
 */

/** A read at a time and this long between two: at most 50 a minute. */
const EVERY = 1_200;
const SHORTLY = 50;
/** A busy room is read again after this; what could not be read is tried again. */
const REST = 60_000;
/** Where one has no business. */
const LONG_REST = 600_000;
const refusals = new Set(['forbidden', 'not_found', 'invalid']);

const BASE = 5_000;
const CAP = 300_000;

/** As much as one answer holds; and what may be written while it is on its way. */
const PAGE = 200;
const MEANWHILE = 50;

/**
 * What is to be read: the end of a log, or what comes before the part that is held.
 * @typedef {{room: Room, part: 'end' | 'older'}} Want
 */

/**
 * Reads ahead, so that all of one's rooms can be read without a server: of each
 * the newest messages, also where it was never opened on this device, or grew
 * while another was looked at. It takes its time, and nobody sees it at work. Rooms
 * that are not open are read by one tab at a time, and all tabs get what it reads.
 * @param {{
 *   api: Pick<typeof import('../api/index.js'), 'newestEvents'>,
 *   store: Store,
 *   older: (room: string, ahead: boolean) => Promise<void>,
 *   exclusively: (work: () => Promise<void>) => Promise<void>,
 *   tell: (action: Action) => void,
 *   now: () => number,
 *   random: () => number,
 * }} options `tell` reaches the state of this tab and of the others
 */
export function createAhead({ api, store, older, exclusively, tell, now, random }) {
  /** @type {Map<string, number>} until when a part of a room is left alone */
  const rests = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let due = 0;
  let running = false;
  let attempt = 0;
  let paused = 0;

  /** @param {Want} want */
  const nameOf = ({ room, part }) => `${part} ${room.id}`;

  /** @param {Want} want @param {number} time */
  const rest = (want, time) => rests.set(nameOf(want), now() + time);

  /** @returns {Want[]} what there is to be read, rested or not */
  function wants() {
    const { connected, rooms, open, attentive, me } = store.get();
    if (!connected || !me || savesData()) return [];
    /** @type {Want[]} */
    const all = [];
    for (const room of Object.values(rooms)) {
      const { log, base, member, id } = room;
      const isOpen = id === open;
      if (isOpen ? !attentive : !member) continue;
      if (!isOpen && log?.last !== base.seq) all.push({ room, part: 'end' });
      const free = log && (isOpen ? log.older === 'idle' : !isAsked(log));
      if (free && isShort(log, KEPT)) all.push({ room, part: 'older' });
    }
    return all;
  }

  /** What is read next: the open room first, then what one is likely to open. @returns {Want | undefined} */
  function next() {
    const { open, me, favourites } = store.get();
    if (now() < paused) return undefined;
    /** @param {Want} want */
    const rank = ({ room }) => [
      Number(room.id === open),
      Number(favourites.includes(room.id)),
      Number(unread(room, me) > 0),
      room.log ? (room.log.events.at(-1)?.at ?? 0) : Number.MAX_SAFE_INTEGER,
    ];
    const rested = wants().filter((want) => (rests.get(nameOf(want)) ?? 0) <= now());
    const ranked = rested.map((want) => ({ want, rank: rank(want) }));
    return ranked.toSorted((a, b) => compare(b.rank, a.rank))[0]?.want;
  }

  /** @param {Want} want */
  async function read(want) {
    const { id, log, base } = want.room;
    const user = store.get().me?.id;
    if (want.part === 'end') rest(want, REST);
    try {
      if (want.part === 'older') {
        await older(id, true);
      } else {
        const behind = log && log.last < base.seq ? base.seq - log.last + MEANWHILE : PAGE;
        const page = await api.newestEvents(id, Math.min(PAGE, behind));
        const { me, rooms } = store.get();
        // A page for a log that is another one by now may be older than that.
        if (me?.id === user && rooms[id]?.log === log) tell({ op: 'ahead', room: id, page });
      }
      attempt = 0;
      if (store.get().rooms[id]?.log?.first === log?.first) rest(want, REST);
    } catch (error) {
      const { retryMs = 0 } = /** @type {import('../api/error.js').ApiError} */ (error);
      if (refusals.has(codeOf(error) ?? '')) {
        rest(want, LONG_REST);
      } else {
        paused = now() + retryMs + (0.5 + random() / 2) * Math.min(CAP, BASE * 2 ** attempt);
        attempt = Math.min(attempt + 1, 10);
      }
    }
  }

  /** Its turn came: what was to be read may have been, by another tab. */
  async function readElsewhere() {
    const want = next();
    if (!want || want.room.id === store.get().open) return;
    await read(want);
    await pause(EVERY);
  }

  async function step() {
    timer = undefined;
    running = true;
    try {
      await whenIdle();
      const want = next();
      if (want && want.room.id !== store.get().open) {
        await exclusively(readElsewhere);
      } else if (want) {
        await read(want);
        await pause(EVERY);
      }
    } catch {
      paused = now() + REST; // the lease could not be had
    } finally {
      running = false;
      again();
    }
  }

  /** Goes on when there is something that may be read. */
  function again() {
    const times = wants().map((want) => Math.max(rests.get(nameOf(want)) ?? 0, paused));
    if (times.length > 0) plan(Math.max(SHORTLY, Math.min(...times) - now()));
  }

  /** @param {number} time */
  function plan(time) {
    clearTimeout(timer);
    due = now() + time;
    timer = setTimeout(step, time);
  }

  return {
    /** Something may have changed. */
    touch() {
      if (running || (timer && due <= now() + EVERY)) return;
      if (store.get().connected) plan(EVERY);
    },

    stop() {
      clearTimeout(timer);
      timer = undefined;
      rests.clear();
      attempt = 0;
      paused = 0;
    },
  };
}

/** @param {number[]} one @param {number[]} other */
function compare(one, other) {
  const at = one.findIndex((value, place) => value !== other[place]);
  return at < 0 ? 0 : one[at] - other[at];
}

/** @param {number} time @returns {Promise<void>} */
const pause = (time) =>
  new Promise((resolve) => {
    setTimeout(resolve, time);
  });

/** The person pays for what is sent. */
const savesData = () =>
  /** @type {{connection?: {saveData?: boolean}}} */ (navigator).connection?.saveData === true;

/** @returns {Promise<void>} when the page has nothing else to do */
const whenIdle = () =>
  new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve());
    else resolve();
  });
