import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as api from '../api/index.js';
import { FakeServer } from '../testing/fakeServer.js';
import { clock, until } from '../testing/until.js';
import { createClient } from './client.js';
import { openDatabase } from './database.js';
import { formKey } from './drafts.js';
import { entriesOf, timeline } from './selectors.js';
import { linesOf } from './todos.js';

/** @import {Client} from './client.js' */

/** @type {FakeServer} */
let server;
/** @type {Awaited<ReturnType<typeof openDatabase>>} */
let database;
/** @type {Client} */
let client;

const ROOM = 'general';
const TODO = formKey(ROOM, 'todo');
const CARD = formKey(ROOM, 'card');
const bob = { id: 'u_Bob', name: 'Bob' };
const state = () => client.store.get();
const entries = () => entriesOf(state().outbox, ROOM);
const lines = () => linesOf(state().rooms.general.todos, entries(), state().me);
/** @param {string} body @returns {any} */
const line = (body) => lines().find((one) => one.body === body);
const kept = () => database.all('outbox', 'u_Ada');
const quiet = () => until(async () => state().outbox.length === 0 && (await kept()).length === 0);
/** @param {string} body */
const add = (body) => client.list.wish(ROOM, body, true, TODO);
const open = () => server.todos(ROOM).items.map(({ body }) => body);

function offline() {
  server.up = false;
  server.drop();
}

async function online() {
  server.up = true;
  client.reconnect();
  await until(() => state().connected);
}

async function load() {
  api.connect(() => {})();
  const channel = { postMessage() {}, onmessage: null };
  client = createClient({ api, database, locks: undefined, channel, memory: localStorage });
  await client.start();
  client.open(ROOM);
}

beforeEach(async () => {
  vi.useFakeTimers(clock);
  server = new FakeServer();
  vi.stubGlobal('WebSocket', server.WebSocket);
  vi.stubGlobal('fetch', server.fetch);
  database = await openDatabase();
  await load();
  await client.signIn('Ada');
  client.open(ROOM);
  await until(() => state().rooms.general?.log);
});

afterEach(async () => {
  api.connect(() => {})();
  await database.forget('u_Ada');
  await database.update('teahouse.outbox', () => undefined);
  database.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('the list', () => {
  test('is written to the disk before it shows, and ends as the server has it', async () => {
    await client.list.load(ROOM);
    server.silent = true;
    await add('tea');
    expect(await kept()).toMatchObject([{ op: 'todo', body: 'tea', on: true, state: 'pending' }]);
    expect(line('tea')).toMatchObject({ pending: true, id: null });
    server.silent = false;
    server.drop();
    await quiet();
    expect(open()).toEqual(['tea']);
    expect(line('tea')).toMatchObject({ pending: false, done: false });
  });

  test('added and checked off offline goes out once, in order, over a reload', async () => {
    await client.list.load(ROOM);
    await add('milk');
    await quiet();
    offline();
    await add('tea');
    await add('cups');
    await client.list.toggle(ROOM, line('tea'), false);
    await client.list.toggle(ROOM, line('milk'), false);
    expect(lines().map(({ body, done }) => [body, done])).toEqual([
      ['milk', true],
      ['tea', true],
      ['cups', false],
    ]);
    await client.save();
    await load();
    await until(() => entries().length === 4);
    expect(lines().map(({ done }) => done)).toEqual([true, true, false]);
    await online();
    await quiet();
    expect(open()).toEqual(['cups']);
    const { log } = server.room(ROOM);
    expect(log.map(({ body, on }) => [body, on])).toEqual([
      ['milk', true],
      ['tea', true],
      ['cups', true],
      ['tea', false],
      ['milk', false],
    ]);
  });

  test('checked off and put back before it leaves was never touched', async () => {
    await client.list.load(ROOM);
    await add('tea');
    await quiet();
    offline();
    await client.list.toggle(ROOM, line('tea'), false);
    await client.list.toggle(ROOM, line('tea'), true);
    expect(entries()).toEqual([]);
    expect(line('tea')).toMatchObject({ done: false, pending: false });
  });

  test('whose answer was lost is not changed twice', async () => {
    await client.list.load(ROOM);
    server.silent = true;
    await add('tea');
    await until(() => server.commands.length > 0);
    server.silent = false;
    server.drop();
    await quiet();
    server.drop();
    await until(() => state().connected);
    expect(server.room(ROOM).log).toHaveLength(1);
  });

  test('hears of others, live and by what was missed', async () => {
    await client.list.load(ROOM);
    const { id } = server.append(ROOM, bob, { kind: 'todo', body: 'tea', on: true });
    expect(line('tea')).toMatchObject({ id, user: bob });
    offline();
    server.append(ROOM, bob, { kind: 'todo', body: 'cups', on: true });
    server.append(ROOM, bob, { kind: 'todo', message: id, body: 'tea', on: false });
    await online();
    await until(() => line('cups'));
    expect(lines().map(({ body }) => body)).toEqual(['cups']);
    expect(state().rooms.general.base.unread).toBe(0);
  });

  test('is there without a server after it was seen once', async () => {
    server.append(ROOM, bob, { kind: 'todo', body: 'tea', on: true });
    await until(() => state().rooms.general.log?.last === 1);
    await client.list.load(ROOM);
    await client.save();
    offline();
    await load();
    await until(() => state().rooms.general?.todos);
    expect(lines().map(({ body }) => body)).toEqual(['tea']);
  });

  test('is read again where the log is another one', async () => {
    await client.list.load(ROOM);
    await add('tea');
    await quiet();
    offline();
    server.epoch = 'another';
    server.room(ROOM).log.length = 0;
    await online();
    await until(() => state().rooms.general.todos?.stale);
    await client.list.load(ROOM);
    expect(lines()).toEqual([]);
  });
});

describe('what is refused', () => {
  test('stays, can be tried again, or given up', async () => {
    await client.list.load(ROOM);
    server.refusals.push({ code: 'forbidden' }, { code: 'forbidden' });
    await add('tea');
    await until(() => line('tea')?.failed);
    expect(line('tea')).toMatchObject({ pending: false, failed: { code: 'forbidden' } });
    await client.retry(line('tea').failed);
    await until(() => server.refusals.length === 0 && line('tea')?.failed);
    await client.retry(line('tea').failed);
    await quiet();
    expect(open()).toEqual(['tea']);
    server.refusals.push({ code: 'forbidden' });
    await client.list.toggle(ROOM, line('tea'), false);
    await until(() => line('tea').failed);
    expect(line('tea').done).toBe(false);
    await client.discard(line('tea').failed);
    expect(line('tea').failed).toBeNull();
    expect(await kept()).toEqual([]);
  });

  test('takes what waits for it along', async () => {
    await client.list.load(ROOM);
    offline();
    await add('tea');
    await client.list.toggle(ROOM, line('tea'), false);
    server.refusals.push({ code: 'forbidden' });
    await online();
    await until(() => line('tea')?.failed);
    expect(await kept()).toHaveLength(1);
  });

  test('is nothing where somebody else had checked it off already', async () => {
    await client.list.load(ROOM);
    await add('tea');
    await quiet();
    offline();
    await client.list.toggle(ROOM, line('tea'), false);
    const { id } = server.room(ROOM).log[0];
    server.append(ROOM, bob, { kind: 'todo', message: id, body: 'tea', on: false });
    await online();
    await quiet();
    expect(lines()).toEqual([]);
  });

  test('is told where a text is on the list no more', async () => {
    await client.list.wish(ROOM, 'tea', false, ROOM);
    await until(() => entries()[0]?.state === 'failed');
    expect(entries()[0]).toMatchObject({ body: 'tea', code: 'not_found' });
    expect(timeline(state().rooms.general, entries(), state().me).at(-1)?.type).toBe('wish');
  });
});

test('what is typed goes with its draft, and comes back where it cannot be kept', async () => {
  client.drafts.set(TODO, 'tea');
  await client.drafts.save();
  expect(await database.all('drafts', 'u_Ada')).toHaveLength(1);
  await add('tea');
  expect(await database.all('drafts', 'u_Ada')).toEqual([]);
  expect(client.drafts.get(TODO)).toBe('');
  const broken = vi.spyOn(database, 'revise').mockRejectedValueOnce(new Error('full'));
  client.drafts.set(TODO, 'cups');
  await expect(add('cups')).rejects.toThrow('full');
  expect(client.drafts.get(TODO)).toBe('cups');
  broken.mockRestore();
});

test('only what is known to be missing is said to be', async () => {
  expect(client.list.lacks(ROOM, 'tea')).toBe(false);
  await client.list.load(ROOM);
  expect(client.list.lacks(ROOM, 'tea')).toBe(true);
  offline();
  await until(() => !state().connected);
  expect(client.list.lacks(ROOM, 'tea')).toBe(false);
  await add('tea');
  await online();
  await quiet();
  expect(client.list.lacks(ROOM, 'tea')).toBe(false);
});

describe('a table', () => {
  const body = '[{"a":1}]';

  test('is kept, sent once, and can be deleted by its author', async () => {
    client.drafts.set(CARD, body);
    offline();
    await client.list.post(ROOM, body, CARD);
    expect(client.drafts.get(CARD)).toBe('');
    expect(await kept()).toMatchObject([{ op: 'card', body, state: 'pending' }]);
    expect(timeline(state().rooms.general, entries(), state().me).at(-1)).toMatchObject({
      type: 'entry',
      entry: { op: 'card' },
    });
    await load();
    await until(() => entries().length === 1);
    await online();
    await quiet();
    const { log } = server.room(ROOM);
    expect(log.map(({ kind }) => kind)).toEqual(['card']);
    await client.remove(ROOM, log[0].id);
    await quiet();
    expect(state().rooms.general.log?.events).toMatchObject([{ kind: 'card', deleted: true }]);
  });

  test('that waits and is deleted was never there', async () => {
    offline();
    await client.list.post(ROOM, body, CARD);
    await client.remove(ROOM, entries()[0].id);
    expect(await kept()).toEqual([]);
    expect(entries()).toEqual([]);
  });

  test('counts as unread and is told of; a change of the list is not', async () => {
    /** @type {any[]} */
    const arrivals = [];
    client.onArrival((arrival) => arrivals.push(arrival));
    server.append(ROOM, bob, { kind: 'todo', body: 'tea', on: true });
    server.append(ROOM, bob, { kind: 'card', body });
    expect(arrivals.map(({ event }) => event.kind)).toEqual(['card']);
    expect(state().rooms.general.newAfter).toBe(1);
  });
});

test('what is left of a session that ended is offered as it would be typed', async () => {
  offline();
  await add('tea');
  await client.list.post(ROOM, '[{"a":1}]', CARD);
  client.drafts.set(CARD, '[{');
  await client.drafts.save();
  api.connect(() => {})();
  localStorage.setItem('teahouse.me', JSON.stringify({ id: 'u_Grace', name: 'Grace' }));
  await load();
  await until(() => state().leftovers.length === 3);
  expect(state().leftovers.map(({ text }) => text)).toEqual(['/todo add tea', '[{"a":1}]', '[{']);
  for (const left of state().leftovers) await client.leftovers.adopt(left);
  expect(client.drafts.get(ROOM)).toBe('/todo add tea');
  expect(client.drafts.get(CARD)).toBe('[{');
  expect(entries()).toMatchObject([{ op: 'card', user: 'u_Grace' }]);
  await database.forget('u_Grace');
});
