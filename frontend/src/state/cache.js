import { newest } from './log.js';
import { KEPT } from './rooms.js';

/**
 * @import {Database} from './database.js'
 * @import {Room} from './rooms.js'
 */

/**
 * A busy room changes all the time, and each write holds all that is kept of it.
 * A page that goes, or goes out of sight, saves at once (`client.save`); so what
 * a killed one can lose is what came in this time, and that is a copy: the server
 * has it, and the next join brings it.
 */
const SAVE_WITHIN = 5_000;

/**
 * Keeps rooms and the newest messages of each on this device, so that the next
 * start shows them before the server answers, or without it.
 * @param {{database: Database, rooms: () => Record<string, Room>}} options
 */
export function createCache({ database, rooms }) {
  /** @type {string | null} */
  let user = null;
  /** @type {Record<string, Room>} what is on the disk */
  let saved = {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  async function save() {
    clearTimeout(timer);
    timer = undefined;
    const now = rooms();
    const changed = Object.values(now).filter((room) => room !== saved[room.id]);
    saved = now;
    for (const room of changed) {
      if (!user) return;
      if (!room.member && !room.log) continue;
      const { newAfter: _, editing: __, ...rest } = room;
      const log = room.log && {
        ...newest(room.log, KEPT),
        older: 'idle',
        since: [],
        gap: false,
      };
      await database.put('rooms', { ...rest, log, user });
    }
  }

  return {
    save,

    /** @param {string} owner @returns {Promise<Room[]>} */
    async load(owner) {
      user = owner;
      const records = await database.all('rooms', owner);
      const kept = records.map(({ user: _, ...room }) => ({
        ...room,
        newAfter: null,
        editing: null,
        refused: null,
        // Kept before changes were folded, a log does not say where it begins.
        log: room.log && {
          first: room.log.events[0]?.seq ?? room.log.last + 1,
          since: [],
          ...room.log,
        },
      }));
      saved = Object.fromEntries(kept.map((room) => [room.id, room]));
      return kept;
    },

    /** Something may have changed. */
    touch() {
      if (user && rooms() !== saved) timer ??= setTimeout(save, SAVE_WITHIN);
    },

    stop() {
      clearTimeout(timer);
      timer = undefined;
      user = null;
      saved = {};
    },
  };
}
