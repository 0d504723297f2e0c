import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { withFailover } from './failover.js';
import { openDatabase, openVolatile } from './database.js';

/** @import {Database} from './database.js' */

/** @type {Database} */
let disk;
/** @type {Database} */
let database;

const full = async () => {
  throw new DOMException('no room left', 'QuotaExceededError');
};
const bodies = async () => (await database.all('outbox', 'u_ada')).map(({ body }) => body);
/** @param {string} body */
const queue = (body) =>
  database.queue({ id: body, user: 'u_ada', room: 'tea', body }, ['u_ada', 'tea']);

beforeEach(() => {
  disk = openVolatile();
  Object.assign(disk, { durable: true });
  database = withFailover(disk);
});

test('a disk that is full holds up no message, keeps their order and is told of', async () => {
  const told = vi.fn();
  database.watch(told);
  await queue('before');
  expect(database.durable).toBe(true);
  disk.queue = full;
  await queue('after');
  expect(database.durable).toBe(false);
  expect(told).toHaveBeenCalledOnce();
  expect(await bodies()).toEqual(['before', 'after']);
});

test('what was sent is gone, wherever it was kept', async () => {
  const before = await queue('before');
  disk.queue = full;
  const after = await queue('after');
  await database.remove('outbox', before);
  expect(await bodies()).toEqual(['after']);
  await database.remove('outbox', after);
  expect(await bodies()).toEqual([]);
  expect(await disk.all('outbox', 'u_ada')).toEqual([]);
});

test('what changes stands for what the disk has', async () => {
  const order = await queue('before');
  disk.put = full;
  await database.put('outbox', { order, user: 'u_ada', body: 'before', state: 'failed' });
  expect(await database.all('outbox', 'u_ada')).toMatchObject([{ state: 'failed' }]);
});

test('a draft outlives the disk, and goes with its message', async () => {
  await database.put('drafts', { user: 'u_ada', room: 'tea', text: 'hel' });
  disk.put = full;
  await database.put('drafts', { user: 'u_ada', room: 'tea', text: 'hello' });
  expect(await database.all('drafts', 'u_ada')).toMatchObject([{ text: 'hello' }]);
  await queue('hello');
  expect(await database.all('drafts', 'u_ada')).toEqual([]);
});

test('rooms that cannot be kept are no loss', async () => {
  disk.put = full;
  disk.all = full;
  await database.put('rooms', { user: 'u_ada', id: 'tea' });
  expect(await database.all('rooms', 'u_ada')).toEqual([]);
  expect(database.durable).toBe(true);
});

test('a disk that answers nothing leaves a page that works', async () => {
  for (const name of /** @type {const} */ (['all', 'put', 'remove', 'queue', 'update', 'forget'])) {
    Object.assign(disk, { [name]: full });
  }
  expect(await database.all('outbox', 'u_ada')).toEqual([]);
  await queue('all the same');
  expect(await database.update('lease', () => ({ name: 'lease' }))).toEqual({ name: 'lease' });
  expect(await bodies()).toEqual(['all the same']);
  await database.forget('u_ada');
  expect(await bodies()).toEqual([]);
});

test('a revision goes on where the disk stopped, by what both hold', async () => {
  const order = await queue('before');
  disk.revise = full;
  await queue('after');
  /** @type {any[]} */
  let seen = [];
  const draft = { user: 'u_ada', room: 'tea m_1', text: 'x' };
  await database.put('drafts', draft);
  const done = await database.revise(
    'u_ada',
    (entries) => {
      seen = entries.map(({ body }) => body);
      const [first] = entries;
      return {
        put: [
          { ...first, id: 'c_9', body: 'changed' },
          { ...first, order: undefined, id: 'c_8', body: 'new' },
        ].map(({ order: at, ...entry }) => (at ? { ...entry, order: at } : entry)),
      };
    },
    draft.room,
  );
  expect(seen).toEqual(['before', 'after']);
  expect(done.gone).toEqual(['before']);
  expect(done.put[0].order).toBe(order);
  expect(await bodies()).toEqual(['changed', 'after', 'new']);
  expect(await database.all('drafts', 'u_ada')).toEqual([]);
  await database.revise('u_ada', (entries) => ({ remove: entries.map(({ order: at }) => at) }));
  expect(await bodies()).toEqual([]);
});

test('what the disk held is still sent when it can be read no longer', async () => {
  await queue('kept');
  expect(await bodies()).toEqual(['kept']);
  for (const name of /** @type {const} */ (['all', 'put', 'remove', 'queue', 'revise', 'update'])) {
    Object.assign(disk, { [name]: full });
  }
  expect(await bodies()).toEqual(['kept']);
  await database.revise('u_ada', ([entry]) => ({ put: [{ ...entry, tried: true }] }));
  expect(await bodies()).toEqual(['kept']);
  const [{ order }] = await database.all('outbox', 'u_ada');
  await database.remove('outbox', order);
  expect(await bodies()).toEqual([]);
});

test('a database that was closed under the page is a disk that refuses', async () => {
  database = await openDatabase();
  expect(database.durable).toBe(true);
  database.close();
  await queue('still here');
  expect(await bodies()).toEqual(['still here']);
  expect(database.durable).toBe(false);
});

afterEach(() => database.close());
