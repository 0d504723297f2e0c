import { newId } from '../lib/id.js';

/**
 * @import {OkSend} from '../api/protocol.d.ts'
 * @import {Database} from './database.js'
 * @import {Entry} from './queue.js'
 * @import {Action} from './reducer.js'
 */

/** Trying again with the same words is in vain: it is for the person to decide. */
const permanent = new Set(['too_long', 'forbidden', 'not_found', 'invalid', 'conflict']);

const BASE = 1_000;
const CAP = 30_000;

/**
 * Keeps what was typed until the server has it. An entry is on this device's
 * disk before it shows, is sent under the same id until it is answered with
 * `ok`, in the order it was written, and by one tab at a time.
 * @param {{
 *   database: Database,
 *   exclusively: (work: () => Promise<void>) => Promise<void>,
 *   send: (message: {id: string, room: string, body: string}) => Promise<OkSend>,
 *   connected: () => boolean,
 *   tell: (action: Action) => void,
 *   now: () => number,
 *   random: () => number,
 * }} options `tell` reaches the state of this tab and of the others
 */
export function createOutbox({ database, exclusively, send, connected, tell, now, random }) {
  /** @type {string | null} */
  let user = null;
  let running = false;
  let again = false;
  let attempt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** Sends what waits, oldest first, until it is all sent or something is in the way. */
  async function drain() {
    while (user && connected()) {
      /** @type {Entry[]} */
      const entries = await database.all('outbox', user);
      const entry = entries.find(({ state }) => state === 'pending');
      if (!entry) return;
      try {
        const { id, room, body } = entry;
        const ok = await send({ id, room, body });
        attempt = 0;
        tell({ op: 'entry', id, change: { state: 'sent', at: ok.at, seq: ok.seq } });
        await database.remove('outbox', entry.order);
      } catch (error) {
        const { code, retryMs } = /** @type {import('../api/error.js').ApiError} */ (error);
        if (permanent.has(code)) {
          await change(entry, { state: 'failed', code });
        } else {
          if (code !== 'offline') later(retryMs); // after `offline` the next hello flushes
          return;
        }
      }
    }
  }

  /** @param {number | undefined} hint */
  function later(hint) {
    const wait = (hint ?? 0) + random() * Math.min(CAP, BASE * 2 ** attempt);
    attempt = Math.min(attempt + 1, 10);
    clearTimeout(timer);
    timer = setTimeout(flush, wait);
  }

  /** @param {Entry} entry @param {Partial<Entry>} changes */
  async function change(entry, changes) {
    await database.put('outbox', { ...entry, ...changes });
    tell({ op: 'entry', id: entry.id, change: changes });
  }

  /** Sends what waits. Called whenever there may be something, and a way. */
  async function flush() {
    again = true;
    if (running) return;
    running = true;
    clearTimeout(timer);
    try {
      while (again && user && connected()) {
        again = false;
        await exclusively(drain);
      }
    } catch {
      later(undefined); // the database failed; what waits is still in it
    } finally {
      running = false;
    }
  }

  return {
    flush,

    /** @param {string} owner @returns {Promise<Entry[]>} what is left from before */
    async load(owner) {
      user = owner;
      return database.all('outbox', owner);
    },

    /**
     * Keeps a message, then shows it, then sends it.
     * @param {string} room
     * @param {string} body
     */
    async add(room, body) {
      if (!user) throw new Error('nobody is signed in');
      const draft = { id: newId(), user, room, body, at: now(), state: 'pending' };
      const order = await database.queue(draft, [user, room]);
      tell({ op: 'outbox', entries: [{ ...draft, order }] });
      void flush();
    },

    /** Sends as ours what somebody else left here: to the server it is another message. @param {Entry} entry */
    async adopt(entry) {
      if (!user) throw new Error('nobody is signed in');
      const { order, room, body } = entry;
      /** @type {Entry} */
      const own = { order, room, body, id: newId(), user, at: now(), state: 'pending' };
      await database.put('outbox', own);
      tell({ op: 'outbox', entries: [own] });
      void flush();
    },

    /** @param {Entry} entry */
    async retry(entry) {
      attempt = 0;
      await change(entry, { state: 'pending', code: undefined });
      void flush();
    },

    /** @param {Entry} entry */
    async discard(entry) {
      await database.remove('outbox', entry.order);
      tell({ op: 'discarded', id: entry.id });
    },

    stop() {
      user = null;
      clearTimeout(timer);
    },
  };
}
