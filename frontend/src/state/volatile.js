/** @import {Database, Table} from './database.js' */

/** @param {Table} table @param {any} value */
export const keyOf = (table, value) =>
  table === 'outbox' ? value.order : [value.user, value.room ?? value.id];

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
    async put(table, value) {
      const key = keyOf(table, value);
      tables[table].set(String(key), value);
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
