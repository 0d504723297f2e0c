import { newId } from '../lib/id.js';
import { creates } from './queue.js';
import { accepted, edit, orphaned, react, refused, remove, toggle } from './revisions.js';

/**
 * @import {OkChange, OkSend} from '../api/protocol.d.ts'
 * @import {Database, Revision} from './database.js'
 * @import {Entry} from './queue.js'
 * @import {Action} from './reducer.js'
 * @import {About} from './revisions.js'
 */

/** Trying again with the same words is in vain: it is for the person to decide. */
const permanent = new Set(['too_long', 'forbidden', 'not_found', 'invalid', 'conflict']);

const BASE = 1_000;
const CAP = 30_000;

/**
 * Keeps what was typed or wished until the server has it: messages, cards, changes
 * of them, and of the list. An entry is on this device's disk before it shows, is sent under the
 * same id until it is answered with `ok`, in the order it was written, and by
 * one tab at a time.
 * @param {{
 *   database: Database,
 *   exclusively: (work: () => Promise<void>) => Promise<void>,
 *   send: (entry: Entry) => Promise<OkSend | OkChange>,
 *   connected: () => boolean,
 *   tell: (action: Action) => void,
 *   now: () => number,
 *   random: () => number,
 *   lookup?: (room: string, command: string) => string | undefined,
 * }} options `tell` reaches the state of this tab and of the others; `lookup`
 *   finds the message that a command of ours became
 */
export function createOutbox({
  database,
  exclusively,
  send,
  connected,
  tell,
  now,
  random,
  lookup = () => undefined,
}) {
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
      const entry = await next(user);
      if (!entry) return;
      try {
        const ok = await send(entry);
        attempt = 0;
        await settle(entry, ok);
      } catch (error) {
        const { code, retryMs } = /** @type {import('../api/error.js').ApiError} */ (error);
        if (permanent.has(code)) {
          const refusal = { code, id: newId() };
          await revise(entry.user, (entries) => refused(entries, entry, refusal));
        } else {
          if (code !== 'offline') later(retryMs); // after `offline` the next hello flushes
          return;
        }
      }
    }
  }

  /**
   * What is to be sent next. Before it may reach the server the disk says so:
   * from then on its content stays.
   * @param {string} owner
   * @returns {Promise<Entry | undefined>}
   */
  async function next(owner) {
    const waiting = (await database.all('outbox', owner)).flatMap(ready);
    const first = waiting[0];
    if (!first || first.tried) return first;
    const { put } = await database.revise(owner, (entries) => {
      const entry = entries.find(({ order }) => order === first.order);
      return entry && entry.state === 'pending' ? { put: [{ ...entry, tried: true }] } : {};
    });
    return put.flatMap(ready)[0] ?? next(owner);
  }

  /** The entry as it can be sent, in a list; an empty one while it cannot. @param {Entry} entry @returns {Entry[]} */
  function ready(entry) {
    if (entry.state !== 'pending') return [];
    if (entry.target === undefined || entry.message !== undefined) return [entry];
    const message = lookup(entry.room, entry.target);
    return message === undefined ? [] : [{ ...entry, message }];
  }

  /**
   * The server has it. It shows as sent, before it leaves the disk, until its event comes.
   * @param {Entry} entry
   * @param {OkSend | OkChange} ok
   */
  async function settle(entry, ok) {
    const message = 'message' in ok && creates(entry) ? ok.message : undefined;
    const change = { state: 'sent', at: ok.at, seq: ok.seq, ...(message && { message }) };
    tell({
      op: 'entry',
      id: entry.id,
      change: creates(entry) ? change : { ...change, at: entry.at },
    });
    const { put } = await database.revise(entry.user, (entries) =>
      accepted(entries, entry, message),
    );
    if (put.length > 0) tell({ op: 'outbox', entries: put });
  }

  /** @param {number | undefined} hint */
  function later(hint) {
    const wait = (hint ?? 0) + random() * Math.min(CAP, BASE * 2 ** attempt);
    attempt = Math.min(attempt + 1, 10);
    clearTimeout(timer);
    timer = setTimeout(flush, wait);
  }

  /**
   * Changes what is on the disk as one act, then shows it.
   * @param {string} owner
   * @param {(entries: Entry[]) => Revision} change
   * @param {string} [draft] what the change was typed as
   */
  async function revise(owner, change, draft) {
    const { put, gone } = await database.revise(owner, change, draft);
    for (const id of gone) tell({ op: 'discarded', id });
    if (put.length > 0) tell({ op: 'outbox', entries: put });
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

  function owner() {
    if (!user) throw new Error('nobody is signed in');
    return user;
  }

  /**
   * A wish of ours. With a connection it is as good as sent: it needs no second
   * write to say that it may be.
   * @param {Pick<Entry, 'room'> & Partial<Entry>} wish
   * @returns {Omit<Entry, 'order'>}
   */
  const begin = (wish) => ({
    ...wish,
    id: newId(),
    user: owner(),
    at: now(),
    state: 'pending',
    tried: connected(),
  });

  /** @param {(entries: Entry[]) => Revision} change @param {string} [draft] */
  async function wish(change, draft) {
    await revise(owner(), change, draft);
    void flush();
  }

  return {
    flush,

    /** @param {string} who @returns {Promise<Entry[]>} what is left from before */
    async load(who) {
      user = who;
      const entries = await database.all('outbox', who);
      const { put = [], remove = [] } = orphaned(entries);
      if (put.length === 0 && remove.length === 0) return entries;
      await database.revise(who, orphaned);
      return database.all('outbox', who);
    },

    /**
     * Keeps a message, then shows it, then sends it.
     * @param {string} room
     * @param {string} body
     */
    async add(room, body) {
      const entry = begin({ room, body });
      const order = await database.queue(entry, [entry.user, room]);
      tell({ op: 'outbox', entries: [{ ...entry, order }] });
      void flush();
    },

    /**
     * Gives a message another text, in the place of what waits for the same.
     * @param {string} room
     * @param {About} about
     * @param {string} body
     * @param {string} [draft] what it was typed as; it goes in the same act
     */
    async edit(room, about, body, draft) {
      const entry = begin({ op: 'edit', room, ...about, body });
      await wish((entries) => edit(entries, entry), draft);
    },

    /** Takes a message back; one that never left this device is just dropped. @param {string} room @param {About} about */
    async remove(room, about) {
      const entry = begin({ op: 'delete', room, ...about });
      await wish((entries) => remove(entries, entry));
    },

    /**
     * @param {string} room
     * @param {About} about
     * @param {{emoji: string, on: boolean}} reaction
     * @param {boolean} [known] whether it stands there by what the server said
     */
    async react(room, about, reaction, known) {
      const entry = begin({ op: 'react', room, ...about, ...reaction });
      await wish((entries) => react(entries, entry, known));
    },

    /**
     * Keeps a table, and takes what it was typed as off the disk in the same act.
     * @param {string} room
     * @param {string} body
     * @param {string} draft
     */
    async card(room, body, draft) {
      const entry = begin({ op: 'card', room, body });
      await wish(() => ({ put: [entry] }), draft);
    },

    /**
     * Adds an item to the list, or takes all of that text off it.
     * @param {string} room
     * @param {string} body
     * @param {boolean} on
     * @param {string} draft what it was typed as
     */
    async todo(room, body, on, draft) {
      const entry = begin({ op: 'todo', room, body, on });
      await wish(() => ({ put: [entry] }), draft);
    },

    /**
     * Takes one item off the list, or puts it back.
     * @param {string} room
     * @param {About} about
     * @param {boolean} on
     * @param {boolean} [known] whether it is on the list by what the server said
     */
    async toggle(room, about, on, known) {
      const entry = begin({ op: 'todo', room, ...about, on });
      await wish((entries) => toggle(entries, entry, known));
    },

    /** Sends as ours what somebody else left here: to the server it is another message. @param {Entry} entry */
    async adopt({ order, op, room, body }) {
      const own = /** @type {Entry} */ ({ ...begin({ room, body, ...(op && { op }) }), order });
      await database.put('outbox', own);
      tell({ op: 'outbox', entries: [own] });
      void flush();
    },

    /** @param {Entry} entry */
    async retry(entry) {
      attempt = 0;
      // An id that stands for other words is of no use any more.
      const id = entry.code === 'conflict' ? newId() : entry.id;
      await wish((entries) => ({
        put: entries
          .filter(({ order, state }) => order === entry.order && state === 'failed')
          .map(({ code: _, ...left }) => ({ ...left, id, state: 'pending', tried: true })),
      }));
    },

    /** @param {Entry} entry */
    async discard(entry) {
      await revise(entry.user, (entries) => ({
        remove: entries.filter(({ id }) => id === entry.id).map(({ order }) => order),
      }));
      tell({ op: 'discarded', id: entry.id });
    },

    stop() {
      user = null;
      clearTimeout(timer);
    },
  };
}
