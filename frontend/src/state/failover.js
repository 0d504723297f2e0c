import { keyOf, openVolatile } from './volatile.js';

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

  /** @param {Table} table @param {Promise<any[]>} kept @param {Promise<any[]>} held */
  async function merge(table, kept, held) {
    const [before, since] = await Promise.all([kept.catch(() => []), held]);
    const left = before.filter((value) => !replaced.has(place(table, keyOf(table, value))));
    return [...left, ...since];
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
            () => disk.all(table, user),
            () => merge(table, disk.all(table, user), memory.all(table, user)),
          ),
    others: (table, user) => merge(table, disk.others(table, user), memory.others(table, user)),
    put: (table, value) =>
      table === 'rooms'
        ? disk.put(table, value).catch(() => undefined)
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
        () => disk.queue(entry, draft),
        () => {
          drop('drafts', draft);
          return memory.queue(entry, draft);
        },
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
