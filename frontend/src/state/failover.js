import { goneOf, keyOf, openVolatile } from './volatile.js';

/** @import {Database, Table} from './database.js' */

/**
 * A database that goes on in memory when the disk refuses (full, wiped, broken):
 * what was typed is still sent, it only does not outlive this page. What the disk
 * holds from before is read from there for as long as that works.
 *
 * Rooms are another matter: they can be had again, so where they cannot be kept
 * nothing is lost.
 * @param {Database} disk
 * @returns {Database}
 */
export function withFailover(disk) {
  const memory = openVolatile(Date.now() * 1_000); // after all that the disk has numbered
  /** @type {Set<string>} records of the disk that this page removed or replaced */
  const replaced = new Set();
  /** @type {Set<() => void>} */
  const listeners = new Set();
  /** @type {Map<number, any>} what the disk held of the outbox when it was last heard of */
  const known = new Map();
  let lost = false;

  /** @param {Table} table @param {any} key */
  const place = (table, key) => `${table}:${key}`;

  /**
   * @template T
   * @param {() => Promise<T>} onDisk
   * @param {() => Promise<T>} inMemory
   * @returns {Promise<T>}
   */
  async function either(onDisk, inMemory) {
    if (!lost) {
      try {
        return await onDisk();
      } catch {
        lost = true; // told by `durable`
        for (const listener of listeners) listener();
      }
    }
    return inMemory();
  }

  /** The record on the disk counts no longer, and goes if it can. @param {Table} table @param {any} key */
  function drop(table, key) {
    replaced.add(place(table, key));
    disk.remove(table, key).catch(() => {}); // at worst it is sent again, under its old id
  }

  /** @param {string} user */
  async function outboxOf(user) {
    const entries = await disk.all('outbox', user);
    known.clear();
    for (const entry of entries) known.set(entry.order, entry);
    return entries;
  }

  /** What the disk has of the outbox, or had when it last answered. @param {string} user */
  const waiting = (user) =>
    outboxOf(user).catch(() => [...known.values()].filter((entry) => entry.user === user));

  /** @param {Table} table @param {Promise<any[]>} kept @param {Promise<any[]>} held */
  async function merge(table, kept, held) {
    const [before, since] = await Promise.all([kept.catch(() => []), held]);
    const left = before.filter((value) => !replaced.has(place(table, keyOf(table, value))));
    const all = [...left, ...since];
    return table === 'outbox' ? all.toSorted((a, b) => a.order - b.order) : all;
  }

  /**
   * The same in memory. What is on the disk is replaced from here on.
   * @type {Database['revise']}
   */
  async function reviseHere(user, change, draft) {
    const before = await merge('outbox', waiting(user), memory.all('outbox', user));
    const { put = [], remove = [] } = change(before);
    for (const order of remove) drop('outbox', order);
    for (const entry of put) if ('order' in entry) replaced.add(place('outbox', entry.order));
    if (draft !== undefined) drop('drafts', [user, draft]);
    const done = await memory.revise(user, () => ({ put, remove }), draft);
    return { put: done.put, gone: goneOf(before, done.put, remove) };
  }

  return {
    get durable() {
      return disk.durable && !lost;
    },
    watch(listener) {
      listeners.add(listener);
    },
    all: (table, user) =>
      table === 'rooms'
        ? disk.all(table, user).catch(() => [])
        : either(
            () => (table === 'outbox' ? outboxOf(user) : disk.all(table, user)),
            () =>
              merge(
                table,
                table === 'outbox' ? waiting(user) : disk.all(table, user),
                memory.all(table, user),
              ),
          ),
    others: (table, user) => merge(table, disk.others(table, user), memory.others(table, user)),
    put: (table, value, choose) =>
      table === 'rooms'
        ? disk.put(table, value, choose).catch(() => undefined)
        : either(
            () => disk.put(table, value),
            () => {
              replaced.add(place(table, keyOf(table, value)));
              return memory.put(table, value);
            },
          ),
    remove: (table, key) =>
      either(
        () => disk.remove(table, key),
        () => {
          drop(table, key);
          return memory.remove(table, key);
        },
      ),
    queue: (entry, draft) =>
      either(
        async () => {
          const order = await disk.queue(entry, draft);
          known.set(order, { ...entry, order });
          return order;
        },
        () => {
          drop('drafts', draft);
          return memory.queue(entry, draft);
        },
      ),
    revise: (user, change, draft) =>
      either(
        async () => {
          const done = await disk.revise(user, change, draft);
          for (const entry of done.put) known.set(entry.order, entry);
          return done;
        },
        () => reviseHere(user, change, draft),
      ),
    update: (key, change) =>
      either(
        () => disk.update(key, change),
        () => memory.update(key, change),
      ),
    async forget(user, tables) {
      await memory.forget(user, tables);
      await disk.forget(user, tables).catch(() => {}); // a disk that refuses keeps what it has
    },
    close: () => disk.close(),
  };
}
