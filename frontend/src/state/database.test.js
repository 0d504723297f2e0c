import { openDB } from 'idb';
import { afterEach, expect, test } from 'vitest';
import { openDatabase } from './database.js';

const entry = { user: 'u_ada', room: 'tea', body: 'x', id: 'c_1', at: 1, state: 'pending' };

afterEach(async () => {
  const database = await openDatabase();
  await database.forget('u_ada');
  database.close();
});

/** The database as version 1 made it, and nothing else. */
async function openFirst() {
  (await openDatabase()).close();
  await new Promise((resolve) => {
    indexedDB.deleteDatabase('teahouse').onsuccess = resolve;
  });
  return openDB('teahouse', 1, {
    upgrade(db) {
      const outbox = db.createObjectStore('outbox', { keyPath: 'order', autoIncrement: true });
      outbox.createIndex('user', 'user');
      db.createObjectStore('drafts', { keyPath: ['user', 'room'] });
      db.createObjectStore('rooms', { keyPath: ['user', 'id'] });
      db.createObjectStore('lease', { keyPath: 'name' });
    },
  });
}

test('what an earlier version kept is still there', async () => {
  const before = await openFirst();
  await before.add('outbox', entry);
  await before.put('drafts', { user: 'u_ada', room: 'tea', text: 'hel' });
  before.close();

  const database = await openDatabase();
  expect(database.durable).toBe(true);
  expect(await database.all('outbox', 'u_ada')).toMatchObject([entry]);
  expect(await database.all('drafts', 'u_ada')).toMatchObject([{ text: 'hel' }]);
  database.close();
});

test('a tab that never lets go of an earlier version keeps nobody out, nor what is on the disk', async () => {
  const asleep = await openFirst();
  await asleep.add('outbox', entry);
  const database = await openDatabase(50);
  expect(database.durable).toBe(false);
  expect(await database.all('outbox', 'u_ada')).toEqual([]);
  asleep.close();

  const later = await openDatabase();
  expect(later.durable).toBe(true);
  expect(await later.all('outbox', 'u_ada')).toMatchObject([entry]);
  later.close();
});

test('a revision is one act: what it puts, removes and the draft', async () => {
  const database = await openDatabase();
  const order = await database.queue(entry, ['u_ada', 'tea']);
  await database.put('drafts', { user: 'u_ada', room: 'tea', text: 'hel' });
  const done = await database.revise(
    'u_ada',
    ([first]) => ({
      put: [
        { ...first, id: 'c_2', body: 'y' },
        { ...entry, id: 'c_3', state: 'pending' },
      ],
    }),
    'tea',
  );
  expect(done).toMatchObject({ put: [{ order, id: 'c_2' }, { id: 'c_3' }], gone: ['c_1'] });
  expect(await database.all('outbox', 'u_ada')).toEqual(done.put);
  expect(await database.all('drafts', 'u_ada')).toEqual([]);
  expect(await database.revise('u_ada', () => ({}))).toEqual({ put: [], gone: [] });
  const gone = await database.revise('u_ada', (all) => ({ remove: all.map((one) => one.order) }));
  expect(gone.gone).toEqual(['c_2', 'c_3']);
  database.close();
});
