import { newest } from './log.js';
import { KEPT } from './rooms.js';

/**
 * @import {Database} from './database.js'
 * @import {Room} from './rooms.js'
 * @import {Todos} from './todos.js'
 */

/**
 * A busy room changes all the time, and each write holds all that is kept of it.
 * A page that goes, or goes out of sight, saves at once (`client.save`); so what
 * a killed one can lose is what came in this time, and that is a copy: the server
 * has it, and the next join brings it.
 */
const SAVE_WITHIN = 5_000;

/**
 * What is worth a write of all that is kept of a room. How far it was read and
 * what is unread changes with every word in every room: that waits for the next
 * save of a page that goes.
 * @param {Room} room
 * @param {Room | undefined} saved
 */
const isOther = (room, saved) =>
  room.log !== saved?.log ||
  room.todos !== saved.todos ||
  room.member !== saved.member ||
  room.name !== saved.name ||
  room.topic !== saved.topic;

/**
 * Another tab may know a room better: it had it open, or read ahead in it.
 * @param {any} room
 * @param {any} before what the disk has
 */
function better(room, before) {
  const [mine, theirs] = [room.log, before?.log];
  if (!theirs || (mine && mine.epoch !== theirs.epoch)) return room;
  const further = !mine || theirs.last > mine.last;
  const deeper = mine?.last === theirs.last && theirs.first < mine.first;
  const known = { ...room, todos: betterList(room.todos, before.todos) };
  return further || deeper ? { ...known, log: theirs } : known;
}

/** @param {Todos | null} mine @param {Todos | null | undefined} theirs what the disk has */
function betterList(mine, theirs) {
  if (!theirs || theirs.stale) return mine;
  if (!mine || mine.stale) return theirs;
  return theirs.epoch === mine.epoch && theirs.seq > mine.seq ? theirs : mine;
}

/**
 * Keeps rooms and the newest messages of each on this device, so that the next
 * start shows them before the server answers, or without it.
 * @param {{database: Database, rooms: () => Record<string, Room>}} options
 */
export function createCache({ database, rooms }) {
  /** @type {string | null} */
  let user = null;
  /** @type {Map<string, Room>} what is on the disk */
  const saved = new Map();
  /** @type {Record<string, Room>} when it was last looked at */
  let seen = {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {typeof isOther} [isDue] */
  async function save(isDue = () => true) {
    clearTimeout(timer);
    timer = undefined;
    seen = rooms();
    const changed = Object.values(seen).filter(
      (room) => room !== saved.get(room.id) && isDue(room, saved.get(room.id)),
    );
    for (const room of changed) saved.set(room.id, room);
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
      const record = { ...rest, log, user };
      await database.put('rooms', record, (before) => better(record, before));
    }
  }

  return {
    save: () => save(),

    /** @param {string} owner @returns {Promise<Room[]>} */
    async load(owner) {
      user = owner;
      const records = await database.all('rooms', owner);
      const kept = records.map(({ user: _, ...room }) => ({
        ...room,
        newAfter: null,
        editing: null,
        refused: null,
        todos: room.todos ?? null,
        // Kept before changes were folded, a log does not say where it begins.
        log: room.log && {
          first: room.log.events[0]?.seq ?? room.log.last + 1,
          since: [],
          ...room.log,
        },
      }));
      for (const room of kept) saved.set(room.id, room);
      return kept;
    },

    /** Something may have changed. */
    touch() {
      if (user && rooms() !== seen) timer ??= setTimeout(() => save(isOther), SAVE_WITHIN);
    },

    stop() {
      clearTimeout(timer);
      timer = undefined;
      user = null;
      saved.clear();
      seen = {};
    },
  };
}
