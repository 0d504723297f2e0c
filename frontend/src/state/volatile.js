/**
 * @import {Database, Table} from './database.js'
 * @import {Entry} from './queue.js'
 */

/** @param {Table} table @param {any} value */
export const keyOf = (table, value) =>
  table === 'outbox' ? value.order : [value.user, value.room ?? value.id];

/**
 * The ids that a revision leaves no more.
 * @param {Entry[]} before
 * @param {Entry[]} put
 * @param {number[]} removed
 */
export function goneOf(before, put, removed) {
  const ids = new Map(put.map(({ order, id }) => [order, id]));
  return before
    .filter(({ order, id }) => removed.includes(order) || (ids.get(order) ?? id) !== id)
    .map(({ id }) => id);
}

/**
 * Keeps everything for as long as the page lives.
 * @param {number} [order] of the message before the first
 * @returns {Database}
 */
export function openVolatile(order = 0) {
  /** @type {Record<Table, Map<string, any>>} */
  const tables = { outbox: new Map(), drafts: new Map(), rooms: new Map(), lease: new Map() };
  return {
    durable: false,
    watch() {},
    all: async (table, user) => [...tables[table].values()].filter((value) => value.user === user),
    others: async (table, user) =>
      [...tables[table].values()].filter((value) => value.user !== user),
    async put(table, value, choose) {
      const key = keyOf(table, value);
      const chosen = choose ? choose(tables[table].get(String(key))) : value;
      tables[table].set(String(key), chosen);
      return key;
    },
    async remove(table, key) {
      tables[table].delete(String(key));
    },
    async queue(entry, draft) {
      order += 1;
      tables.outbox.set(String(order), { ...entry, order });
      tables.drafts.delete(String(draft));
      return order;
    },
    async revise(user, change, draft) {
      const all = [...tables.outbox.values()].filter((entry) => entry.user === user);
      const before = all.toSorted((a, b) => a.order - b.order);
      const { put = [], remove = [] } = change(before);
      const entries = put.map((entry) => {
        if (!('order' in entry)) order += 1;
        return { order, ...entry };
      });
      for (const entry of entries) tables.outbox.set(String(entry.order), entry);
      for (const gone of remove) tables.outbox.delete(String(gone));
      if (draft !== undefined) tables.drafts.delete(String([user, draft]));
      return { put: entries, gone: goneOf(before, entries, remove) };
    },
    async update(key, change) {
      const after = change(tables.lease.get(key));
      if (after === undefined) tables.lease.delete(key);
      else tables.lease.set(key, after);
      return after;
    },
    async forget(user, forgotten = ['outbox', 'drafts', 'rooms']) {
      for (const table of forgotten) {
        for (const [key, value] of tables[table]) {
          if (value.user === user) tables[table].delete(key);
        }
      }
    },
    close() {},
  };
}
