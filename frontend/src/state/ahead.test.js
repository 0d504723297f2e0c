import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as api from '../api/index.js';
import { FakeServer } from '../testing/fakeServer.js';
import { clock, until } from '../testing/until.js';
import { createClient } from './client.js';
import { openDatabase } from './database.js';
import { KEPT } from './rooms.js';
import { totalUnread, unread } from './selectors.js';

/** @import {Client} from './client.js' */

/** @type {FakeServer} */
let server;
/** @type {Awaited<ReturnType<typeof openDatabase>>} */
let database;
/** @type {Client} */
let client;

const state = () => client.store.get();
/** @param {string} room @param {Client} [tab] */
const bodies = (room, tab = client) =>
  tab.store
    .get()
    .rooms[room]?.log?.events.flatMap((event) => (event.kind === 'message' ? [event.body] : []));
/** @param {string} [room] */
const read = (room = '') =>
  server.requests.filter((url) => url.includes(`/rooms/${room}`) && url.includes('/events?'));

/** @param {number} count @param {string} room */
function sayMany(count, room) {
  for (let nth = 1; nth <= count; nth += 1) server.say(room, 'Bob', `${room} ${nth}`);
}

/** The newest of them. @param {number} count @param {string} room */
const last = (count, room) =>
  Array.from({ length: Math.min(count, KEPT) }, (_, at) => `${room} ${count - at}`).toReversed();

/** @param {Pick<BroadcastChannel, 'postMessage' | 'onmessage'>} [channel] */
async function load(channel = { postMessage() {}, onmessage: null }) {
  client = createClient({ api, database, locks: undefined, channel, memory: localStorage });
  await client.start();
}

/** @param {string | null} [room] */
async function enter(room = 'general') {
  await load();
  await client.signIn('Ada');
  client.open(room);
  await until(() => (room ? state().rooms[room]?.log : state().connected));
}

/** A room that Ada belongs to, and has read. @param {string} id @param {number} [count] */
function found(id, count = 0) {
  server.addRoom(id, id);
  server.room(id).members.add('u_Ada');
  sayMany(count, id);
}

/** Long enough for whatever there is to be read. @param {number} [time] */
function pass(time = 30_000) {
  const end = Date.now() + time;
  return until(() => Date.now() >= end);
}

beforeEach(async () => {
  vi.useFakeTimers(clock);
  server = new FakeServer();
  vi.stubGlobal('WebSocket', server.WebSocket);
  vi.stubGlobal('fetch', server.fetch);
  database = await openDatabase();
});

afterEach(async () => {
  api.connect(() => {})();
  await database.forget('u_Ada');
  await database.update('teahouse.ahead', () => undefined); // the time of the next test is another one
  database.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('all of one’s rooms can be read without the server, the 200 newest messages of each', async () => {
  sayMany(220, 'general');
  found('tea', 220);
  found('cake', 30);
  found('empty');
  await enter();
  client.attend(true);
  expect(bodies('general')).toHaveLength(50);
  await until(
    () =>
      (bodies('general')?.length ?? 0) >= KEPT &&
      bodies('tea')?.length === KEPT &&
      bodies('cake') &&
      bodies('empty'),
  );
  await client.save();
  api.connect(() => {})(); // the page goes

  server.up = false;
  await load();
  expect(bodies('general')?.slice(-KEPT)).toEqual(last(220, 'general'));
  expect(bodies('tea')).toEqual(last(220, 'tea'));
  expect(bodies('cake')).toEqual(last(30, 'cake'));
  expect(bodies('empty')).toEqual([]);
});

test('a room that grew while another was looked at is read to its end, and counts the same', async () => {
  found('tea', 40);
  server.reads.set('tea', 30);
  await enter();
  await until(() => bodies('tea'));
  expect(unread(state().rooms.tea, state().me)).toBe(10);

  sayMany(5, 'tea');
  const asked = read('tea').length;
  const [connection] = server.connections;
  connection.tell({ op: 'activity', room: 'tea', seq: 43, unread: 13, mentions: 0 });
  await until(() => bodies('tea')?.length === 43, 1_000);
  expect(unread(state().rooms.tea, state().me), 'no more than it was told').toBe(13);
  expect(read('tea')).toHaveLength(asked + 1);
  expect(totalUnread(state())).toBe(13);
});

test('older pages of a room full of other things are asked for as well', async () => {
  found('tea', 150);
  const [first] = server.room('tea').log;
  for (let nth = 0; nth < 190; nth += 1) {
    const on = nth % 2 === 0;
    server.append(
      'tea',
      { id: 'u_Bob', name: 'Bob' },
      { kind: 'react', message: first.id, emoji: '🍵', on },
    );
  }
  await enter();
  await until(() => bodies('tea')?.length === 150);
  expect(state().rooms.tea.log).toMatchObject({ more: false, older: 'idle' });
});

test('nothing is read while the person looks back, pays for it, or is gone', async () => {
  sayMany(220, 'general');
  found('tea', 3);
  vi.stubGlobal('navigator', { ...navigator, connection: { saveData: true } });
  await enter();
  client.attend(true);
  await pass();
  expect(read()).toEqual([]);

  vi.stubGlobal('navigator', {});
  client.attend(false);
  await until(() => bodies('tea'));
  await pass();
  expect(bodies('general'), 'looking back').toHaveLength(50);

  client.attend(true);
  const asked = read().length;
  await client.signOut();
  await pass();
  expect(read()).toHaveLength(asked);
});

test('one at a time, at most fifty a minute, what stands first before the others', async () => {
  for (let nth = 0; nth < 70; nth += 1) found(`room-${nth}`, 1);
  server.reads.set('room-60', 0);
  server.reads.set('general', 0);
  await enter();
  client.favour('room-65', true);
  await until(() => read().length > 0);
  await pass(58_000);
  expect(read().length).toBeGreaterThan(30);
  expect(read().length).toBeLessThanOrEqual(50);
  expect(
    read()
      .slice(0, 2)
      .map((url) => url.split('/')[3]),
  ).toEqual(['room-65', 'room-60']);
  expect(new Set(read()).size, 'each once').toBe(read().length);
  await until(() => Object.values(state().rooms).every(({ log }) => log), 1_000);
});

describe('when the server would rather not', () => {
  test('it waits, and longer every time', async () => {
    found('tea', 3);
    await enter();
    const busy = { status: 503, body: { error: { code: 'unavailable', detail: '' } } };
    const answer = vi.spyOn(server, 'answer').mockReturnValue(busy);
    await pass(60_000);
    await pass(60_000);
    expect(read('tea').length).toBeGreaterThan(1);
    expect(read('tea').length).toBeLessThan(7);
    expect(state().rooms.tea.log).toBeNull();
    answer.mockRestore();
    await until(() => bodies('tea'), 1_000);
  });

  test('an older page that does not come is no error to look at', async () => {
    sayMany(120, 'general');
    await enter();
    const busy = { status: 503, body: { error: { code: 'unavailable', detail: '' } } };
    vi.spyOn(server, 'answer').mockReturnValue(busy);
    client.attend(true);
    await until(() => read('general').length > 0);
    await until(() => state().rooms.general.log?.older === 'idle');
    await pass(2_000);
    expect(state().rooms.general.log?.older).toBe('idle');
  });
});

test('a page on its way to a room that is opened meanwhile is left out', async () => {
  found('tea', 60);
  await enter();
  /** @type {(() => void)[]} */
  const held = [];
  vi.stubGlobal('fetch', async (/** @type {string} */ url, /** @type {RequestInit} */ init) => {
    const answer = await server.fetch(url, init);
    if (url.includes('/events?')) await new Promise((resolve) => held.push(() => resolve(null)));
    return answer;
  });
  await until(() => held.length > 0);
  client.open('tea');
  await until(() => bodies('tea'));
  sayMany(1, 'tea');
  await until(() => bodies('tea')?.length === 51);
  const before = state().rooms.tea;
  held.forEach((go) => go());
  await pass(1_000);
  expect(state().rooms.tea).toBe(before);
});

test('what was sent from here and is read ahead waits no longer', async () => {
  found('tea', 3);
  await enter('tea');
  await client.send('tea', 'mine');
  client.open('general');
  await until(() => server.room('tea').log.length === 4);
  const [connection] = server.connections;
  connection.tell({ op: 'activity', room: 'tea', seq: 4, unread: 0, mentions: 0 });
  await until(() => bodies('tea')?.at(-1) === 'mine', 1_000);
  expect(state().outbox).toEqual([]);
});

test('other tabs hear of it and do not read the same', async () => {
  found('tea', 3);
  await enter();
  /** @type {any[]} */
  const told = [];
  api.connect(() => {})();
  const channel = {
    postMessage: (/** @type {any} */ message) => told.push(message),
    onmessage: null,
  };
  await load(channel);
  client.open('general');
  await until(() => told.some(({ action }) => action.op === 'ahead'));
  const asked = read('tea').length;
  await until(() => bodies('tea'));
  await pass();
  expect(read('tea')).toHaveLength(asked);
});

test('a room is written down where it changed, and how much is unread when the page goes', async () => {
  found('tea', 3);
  found('cake', 3);
  await enter();
  await until(() => bodies('tea') && bodies('cake'));
  await client.save();
  const put = vi.spyOn(database, 'put');
  const written = () =>
    put.mock.calls.filter(([table]) => table === 'rooms').map(([, { id }]) => id);

  server.drop();
  await until(() => !state().connected);
  await until(() => state().connected);
  const [connection] = server.connections;
  connection.tell({ op: 'read', room: 'tea', seq: 4 });
  await pass();
  expect(written()).not.toContain('tea');
  await client.save();
  expect(written()).toContain('tea');
  expect(written()).not.toContain('cake');
});

test('a tab that knows less of a room does not take away what another one kept', async () => {
  found('tea', 60);
  await enter();
  await until(() => bodies('tea'));
  await client.save();
  const [kept] = await database
    .all('rooms', 'u_Ada')
    .then((all) => all.filter(({ id }) => id === 'tea'));
  expect(kept.log.events).toHaveLength(60);

  client.store.dispatch({
    op: 'joined',
    room: 'tea',
    epoch: kept.log.epoch,
    events: [],
    more: true,
    seq: 9,
    after: null,
  });
  expect(bodies('tea')).toEqual([]);
  await client.save();
  const [still] = await database
    .all('rooms', 'u_Ada')
    .then((all) => all.filter(({ id }) => id === 'tea'));
  expect(still.log.events).toHaveLength(60);
});
