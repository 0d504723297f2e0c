import { openDB } from 'idb';
import { withFailover } from './failover.js';
import { goneOf, keyOf, openVolatile } from './volatile.js';

export { openVolatile };

/** @import {Entry} from './queue.js' */

/** @typedef {'outbox' | 'drafts' | 'rooms' | 'lease'} Table */

/**
 * What becomes of the outbox: entries with an `order` take their place, others
 * are added behind.
 * @typedef {{put?: (Entry | Omit<Entry, 'order'>)[], remove?: number[]}} Revision
 */

/** What became of it: what was put, and the ids that are there no longer.
 * @typedef {{put: Entry[], gone: string[]}} Revised */

/**
 * What this device keeps. `strict` writes are on its disk before the promise
 * resolves, and asked to be committed at once: a page that dies a moment later
 * is not needed for it any more. Without IndexedDB (some private windows), or once it refuses,
 * everything is kept in memory and `durable` is false.
 * @typedef {object} Database
 * @property {boolean} durable
 * @property {(listener: () => void) => void} watch hears when `durable` changes
 * @property {(table: Table, user: string) => Promise<any[]>} all of one user, in key order
 * @property {(table: Table, user: string) => Promise<any[]>} others of everybody else
 * @property {(table: Table, value: any, choose?: (before: any) => any) => Promise<any>} put
 *   answers the key; `choose` says what is put instead, by what is there
 * @property {(table: Table, key: any) => Promise<void>} remove
 * @property {(entry: object, draft: [string, string]) => Promise<number>} queue
 *   puts an entry into the outbox and removes the draft it came from, both or neither
 * @property {(user: string, change: (entries: Entry[]) => Revision, draft?: string) => Promise<Revised>} revise
 *   changes a user's outbox as one act, by what is in it, and removes the draft
 *   of that room; `change` must be pure
 * @property {(key: string, change: (value: any) => any) => Promise<any>} update
 *   changes a lease as one act; undefined removes it
 * @property {(user: string, tables?: Table[]) => Promise<void>} forget what is kept of this user, everything unless named
 * @property {() => void} close
 */

const NAME = 'teahouse';
/**
 * Since 2 the outbox holds more than messages, since 3 cards and what is wished of
 * a list; a page that sends nothing of that must not read it.
 */
const VERSION = 3;
/** @type {Table[]} */
const owned = ['outbox', 'drafts', 'rooms'];
const strict = /** @type {const} */ ({ durability: 'strict' });

/** A tab that has not let go of an earlier version in this time is asleep. */
const PATIENCE = 3_000;

/** @param {number} [patience] @returns {Promise<Database>} */
export async function openDatabase(patience = PATIENCE) {
  try {
    return withFailover(await openDurable(patience));
  } catch {
    return openVolatile();
  }
}

/**
 * Opens what the disk holds, unless another tab does not let go of an earlier version.
 * @param {number} patience
 */
async function open(patience) {
  /** @type {() => void} */
  let onBlocked = () => {};
  /** @type {Promise<never>} */
  const late = new Promise((_, reject) => {
    onBlocked = () => setTimeout(reject, patience, new Error('another tab holds the database'));
  });
  const opening = openDB(NAME, VERSION, {
    upgrade(db, before) {
      if (before > 0) return;
      db.createObjectStore('outbox', { keyPath: 'order', autoIncrement: true }).createIndex(
        'user',
        'user',
      );
      db.createObjectStore('drafts', { keyPath: ['user', 'room'] });
      db.createObjectStore('rooms', { keyPath: ['user', 'id'] });
      db.createObjectStore('lease', { keyPath: 'name' });
    },
    // A newer version of this page waits in another tab: do not stand in its way.
    blocking: (_current, _blocked, event) => /** @type {IDBDatabase} */ (event.target).close(),
    blocked: () => onBlocked(),
  });
  try {
    return await Promise.race([opening, late]);
  } catch (error) {
    void opening.then(
      (db) => db.close(),
      () => {},
    );
    throw error;
  }
}

/** @param {number} patience @returns {Promise<Database>} */
async function openDurable(patience) {
  const db = await open(patience);
  /** @param {string} user */
  const ofUser = (user) => IDBKeyRange.bound([user], [user, []]);
  return {
    durable: true,
    watch() {},
    all: (table, user) =>
      table === 'outbox'
        ? db.getAllFromIndex('outbox', 'user', user)
        : db.getAll(table, ofUser(user)),
    async others(table, user) {
      const everybody = await db.getAll(table);
      return everybody.filter((value) => value.user !== user);
    },
    async put(table, value, choose) {
      const tx = db.transaction(table, 'readwrite', table === 'rooms' ? {} : strict);
      const chosen = choose ? choose(await tx.store.get(keyOf(table, value))) : value;
      const [key] = await Promise.all([tx.store.put(chosen), tx.commit(), tx.done]);
      return key;
    },
    remove: (table, key) => db.delete(table, key),
    async queue(entry, draft) {
      const tx = db.transaction(['outbox', 'drafts'], 'readwrite', strict);
      const [order] = await Promise.all([
        tx.objectStore('outbox').add(entry),
        tx.objectStore('drafts').delete(draft),
        tx.commit(),
        tx.done,
      ]);
      return Number(order);
    },
    async revise(user, change, draft) {
      const tx = db.transaction(['outbox', 'drafts'], 'readwrite', strict);
      const outbox = tx.objectStore('outbox');
      const before = await outbox.index('user').getAll(user);
      const { put = [], remove = [] } = change(before);
      const [keys] = await Promise.all([
        Promise.all(put.map((entry) => outbox.put(entry))),
        ...remove.map((order) => outbox.delete(order)),
        draft !== undefined && tx.objectStore('drafts').delete([user, draft]),
        tx.commit(),
        tx.done,
      ]);
      const entries = put.map((entry, at) => ({ ...entry, order: Number(keys[at]) }));
      return { put: entries, gone: goneOf(before, entries, remove) };
    },
    async update(key, change) {
      const tx = db.transaction('lease', 'readwrite');
      const after = change(await tx.store.get(key));
      await (after === undefined ? tx.store.delete(key) : tx.store.put(after));
      await tx.done;
      return after;
    },
    async forget(user, tables = owned) {
      const tx = db.transaction(tables, 'readwrite');
      for (const table of tables) {
        const kept = tx.objectStore(table);
        const keys =
          table === 'outbox' ? await kept.index('user').getAllKeys(user) : [ofUser(user)];
        await Promise.all(keys.map((key) => kept.delete(key)));
      }
      await tx.done;
    },
    close: () => db.close(),
  };
}
