import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as api from '../api/index.js';
import { FakeServer } from '../testing/fakeServer.js';
import { clock, until } from '../testing/until.js';
import { createClient } from './client.js';
import { openDatabase } from './database.js';
import { KEPT } from './rooms.js';
import { openUnread } from './selectors.js';

/** @import {Client} from './client.js' */

/** @type {FakeServer} */
let server;
/** @type {Awaited<ReturnType<typeof openDatabase>>} */
let database;
/** @type {Client} */
let client;

const state = () => client.store.get();
const general = () => state().rooms.general;
const bodies = () =>
  general()?.log?.events.flatMap((event) => (event.kind === 'message' ? [event.body] : []));

/** @param {Pick<BroadcastChannel, 'postMessage' | 'onmessage'>} channel */
const tab = (channel) =>
  createClient({ api, database, locks: undefined, channel, memory: localStorage });

/** The page, loaded anew. @param {Pick<BroadcastChannel, 'postMessage' | 'onmessage'>} [channel] */
function load(channel = { postMessage() {}, onmessage: null }) {
  client = tab(channel);
  return client.start();
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
  database.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function enter() {
  await load();
  await client.signIn('Ada');
  client.open('general');
  await until(() => general()?.log);
}

test('a stranger is asked for a name, then sees the room', async () => {
  server.say('general', 'Bob', 'welcome');
  await load();
  expect(state().session).toBe('nobody');
  await client.signIn('Ada');
  client.open('general');
  await until(() => bodies()?.includes('welcome'));
  expect(state()).toMatchObject({ session: 'somebody', me: { name: 'Ada' } });
});

test('a taken name is refused', async () => {
  server.names.add('Ada');
  await load();
  await expect(client.signIn('Ada')).rejects.toMatchObject({ code: 'conflict' });
  expect(state().session).toBe('nobody');
});

test('a server that does not answer at all leaves a way to try again', async () => {
  server.up = false;
  await load();
  expect(state().session).toBe('unreachable');
  server.up = true;
  server.signIn('Ada');
  await client.start();
  expect(state().session).toBe('somebody');
});

test('what is written offline survives the page and arrives once', async () => {
  await enter();
  server.up = false;
  server.drop();
  await client.send('general', 'from the train');
  expect(state().outbox).toMatchObject([{ body: 'from the train', state: 'pending' }]);
  api.connect(() => {})(); // the page goes

  await load();
  client.open('general');
  expect(state().outbox).toMatchObject([{ body: 'from the train' }]);
  server.up = true;
  await until(() => state().outbox.length === 0 && bodies()?.includes('from the train'));
  expect(server.room('general').log.filter(({ body }) => body === 'from the train')).toHaveLength(
    1,
  );
});

test('an answer that got lost does not double the message', async () => {
  await enter();
  const write = server.append.bind(server);
  server.append = (...event) => {
    server.silent = true; // the server wrote it, and its answer never came
    return write(...event);
  };
  await client.send('general', 'just once');
  await until(() => server.room('general').log.length === 1);
  server.append = write;
  server.drop();
  server.silent = false;
  await until(() => state().connected && state().outbox.length === 0);
  expect(bodies()).toEqual(['just once']);
});

test('what was seen shows again without a server, and goes on from there', async () => {
  server.say('general', 'Bob', 'one');
  await enter();
  await client.save();
  api.connect(() => {})();

  server.up = false;
  await load();
  client.open('general');
  expect(bodies()).toEqual(['one']);
  server.say('general', 'Bob', 'two');
  server.up = true;
  await until(() => bodies()?.length === 2);
  expect(server.received('join').at(-1)).toMatchObject({ after: 1 });
});

test('a draft is kept within a quarter of a second, while typing goes on', async () => {
  await enter();
  for (const text of ['h', 'he', 'hel']) {
    client.drafts.set('general', text);
    await vi.advanceTimersByTimeAsync(83);
  }
  const rooms = async () => (await database.all('drafts', 'u_Ada')).map(({ room }) => room);
  await until(async () => (await rooms()).join() === 'general', 0);
});

test('reading is told once per place', async () => {
  await enter();
  server.say('general', 'Bob', 'one');
  await until(() => openUnread(state()) === 1);
  client.markRead();
  client.markRead();
  await until(() => server.received('read').length > 0);
  expect(openUnread(state())).toBe(0);
  expect(server.received('read')).toMatchObject([{ room: 'general', seq: 1 }]);
});

test('older messages come page by page', async () => {
  for (let i = 1; i <= 180; i += 1) server.say('general', 'Bob', `${i}`);
  await enter();
  expect(bodies()).toHaveLength(50);
  await client.older('general');
  expect(bodies()).toHaveLength(150);
  await client.older('general');
  expect(bodies()?.[0]).toBe('1');
  expect(general().log?.more).toBe(false);
});

test('older messages that do not come can be asked for again', async () => {
  for (let i = 1; i <= 60; i += 1) server.say('general', 'Bob', `${i}`);
  await enter();
  server.up = false;
  await client.older('general');
  expect(general().log?.older).toBe('failed');
  server.up = true;
  await client.older('general');
  expect(bodies()).toHaveLength(60);
});

test('rooms are made, looked at, joined and left', async () => {
  server.addRoom('tea', 'Tea', 'leaves');
  await enter();
  client.open('tea');
  await until(() => state().rooms.tea?.log);
  expect(state().rooms.tea).toMatchObject({ member: false, topic: 'leaves' });
  await client.becomeMember('tea');
  expect(state().rooms.tea.member).toBe(true);
  await client.endMembership('tea');
  expect(state().rooms.tea.member).toBe(false);
  expect(await client.createRoom({ name: 'Cake' })).toBe('cake');
  expect(state().rooms.cake).toMatchObject({ name: 'Cake', member: true });
  await expect(client.createRoom({ name: 'Cake' })).rejects.toMatchObject({ code: 'conflict' });
});

test('a room that is not there says so', async () => {
  await enter();
  client.open('nowhere');
  await until(() => state().rooms.nowhere?.refused === 'not_found');
});

test('signing out leaves nothing behind on this device', async () => {
  await enter();
  await client.save();
  await client.signOut();
  expect(state()).toMatchObject({ session: 'nobody', me: null, rooms: {} });
  expect(await database.all('rooms', 'u_Ada')).toEqual([]);
  expect(localStorage).toHaveLength(0);
});

test('a session that ended elsewhere asks for the name again', async () => {
  await enter();
  server.user = null;
  server.drop(1008, 'signed out');
  await until(() => state().session === 'nobody');
  expect(state().farewell).toBe('expired');
});

test('what was typed outlives a session that ended, what was read does not', async () => {
  await enter();
  server.up = false;
  server.drop();
  await client.send('general', 'not lost');
  await client.save();
  server.user = null;
  server.up = true;
  await until(() => state().session === 'nobody');
  expect(await database.all('outbox', 'u_Ada')).toMatchObject([{ body: 'not lost' }]);
  await until(async () => (await database.all('rooms', 'u_Ada')).length === 0);
});

test('a start under way is not begun a second time', async () => {
  server.up = false;
  await load();
  server.up = true;
  server.signIn('Ada');
  const asked = vi.spyOn(server, 'answer');
  await Promise.all([client.start(), client.start()]);
  await client.start();
  expect(asked.mock.calls.filter(([, path]) => path.startsWith('/api/session'))).toHaveLength(1);
});

test('the room on screen shows what is kept of it, whoever is first', async () => {
  server.say('general', 'Bob', 'one');
  await enter();
  await client.save();
  api.connect(() => {})();

  server.up = false;
  const started = load();
  client.open('general');
  await started;
  expect(bodies()).toEqual(['one']);
  expect(general()).toMatchObject({ name: 'General', member: true });
});

test('nobody is told they were signed out who wanted to', async () => {
  await enter();
  const farewells = new Set();
  client.store.subscribe(() => farewells.add(state().farewell));
  await client.save();
  /** @type {() => void} */
  let release = () => {};
  const { fetch } = server;
  vi.stubGlobal('fetch', async (/** @type {string} */ url, /** @type {RequestInit} */ init) => {
    const answered = await fetch(url, init);
    if (init.method === 'DELETE')
      await new Promise((resolve) => (release = () => resolve(undefined)));
    return answered;
  });
  const out = client.signOut();
  await until(() => server.received('join').length > 0 && !state().connected);
  await until(() => state().status.state === 'disconnected');
  await vi.advanceTimersByTimeAsync(100);
  release();
  await out;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(farewells).toEqual(new Set([null]));
  expect(await database.all('rooms', 'u_Ada')).toEqual([]);
});

test('an answer that is not the server’s ends no session', async () => {
  await enter();
  vi.stubGlobal('fetch', async () => new Response('<h1>Pay first</h1>', { status: 401 }));
  server.up = false;
  server.drop(1008, 'who knows');
  await until(() => state().status.state === 'disconnected');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(state().session).toBe('somebody');
});

test('what another tab wrote and left behind is sent by this one', async () => {
  /** @type {any} */
  const channel = { postMessage() {}, onmessage: null };
  await load(channel);
  await client.signIn('Ada');
  client.open('general');
  await until(() => state().connected && general()?.log);
  const draft = { id: 'c_1', user: 'u_Ada', room: 'general', body: 'left behind', at: 1 };
  const entry = { ...draft, state: 'pending' };
  const order = await database.queue(entry, ['u_Ada', 'general']);
  const action = { op: 'outbox', entries: [{ ...entry, order }] };
  channel.onmessage({ data: { user: 'u_Ada', action } });
  await until(() => bodies()?.includes('left behind') && state().outbox.length === 0);
});

test('what was read is told before the page goes', async () => {
  await enter();
  server.say('general', 'Bob', 'one');
  await until(() => openUnread(state()) === 1);
  client.markRead();
  await client.save();
  expect(server.received('read')).toMatchObject([{ room: 'general', seq: 1 }]);
});

test('reading is told again where a rollback took the log back', async () => {
  await enter();
  for (const body of ['one', 'two', 'three']) server.say('general', 'Bob', body);
  await until(() => openUnread(state()) === 3);
  client.markRead();
  await until(() => server.received('read').length === 1);
  server.room('general').log.length = 0;
  server.epoch = 'e_other';
  server.drop();
  await until(() => state().connected && general()?.log?.epoch === 'e_other');
  server.say('general', 'Bob', 'anew');
  await until(() => bodies()?.includes('anew'));
  client.markRead();
  await until(() => server.received('read').length === 2);
  expect(server.received('read').at(-1)).toMatchObject({ seq: 1 });
});

test('an older page of another epoch has the room joined anew', async () => {
  for (let i = 1; i <= 180; i += 1) server.say('general', 'Bob', `${i}`);
  await enter();
  server.epoch = 'e_other';
  await client.older('general');
  await until(() => general().log?.epoch === 'e_other' && general().log?.older === 'idle');
  expect(bodies()).toHaveLength(50);
  await client.older('general');
  expect(bodies()).toHaveLength(150);
});

test('a message that cannot be kept goes back into the box, before what came since', async () => {
  await enter();
  database.queue = async () => {
    throw new Error('disk full');
  };
  client.drafts.set('general', 'first');
  const sending = client.send('general', 'first');
  expect(client.drafts.get('general')).toBe('');
  client.drafts.set('general', 'second');
  await expect(sending).rejects.toThrow('disk full');
  expect(client.drafts.get('general')).toBe('first\nsecond');
});

test('other tabs hold on to a text until it is kept as a message', async () => {
  /** @type {any} */
  const channel = { postMessage: vi.fn(), onmessage: null };
  await load(channel);
  await client.signIn('Ada');
  client.drafts.set('general', 'hello');
  await client.save();
  const { queue } = database;
  /** @type {() => void} */
  let release = () => {};
  database.queue = async (...given) => {
    await new Promise((resolve) => (release = () => resolve(undefined)));
    return queue(...given);
  };
  const emptied = () =>
    channel.postMessage.mock.calls.filter(
      (/** @type {any} */ [{ action }]) => action.op === 'draft' && action.text === '',
    );
  const sending = client.send('general', 'hello');
  expect(client.drafts.get('general')).toBe('');
  await client.save();
  expect(emptied()).toEqual([]); // were this tab to die now, they would show what the disk has
  release();
  await sending;
  expect(emptied()).toHaveLength(1);
});

test('sending touches nothing that was typed since', async () => {
  await enter();
  client.drafts.set('general', 'first');
  const sending = client.send('general', 'first');
  client.drafts.set('general', 'second');
  await sending;
  await client.save();
  expect(client.drafts.get('general')).toBe('second');
  expect(await database.all('drafts', 'u_Ada')).toMatchObject([{ text: 'second' }]);
});

describe('what is new to read', () => {
  /** @type {any[]} */
  let arrivals;
  const bob = { id: 'u_Bob', name: 'Bob' };

  beforeEach(async () => {
    server.say('general', 'Bob', 'long ago');
    await enter();
    arrivals = [];
    client.onArrival((arrival) => arrivals.push(arrival));
  });

  test('is told once, of messages of others', async () => {
    const event = server.say('general', 'Bob', 'knock knock');
    server.append('general', bob, { kind: 'edit', message: event.id, body: 'Knock knock' });
    await client.send('general', 'who is there?');
    await until(() => state().outbox.length === 0 && bodies()?.length === 3);
    expect(arrivals).toMatchObject([{ room: 'general', event: { body: 'knock knock' } }]);
  });

  test('is not what was missed and is caught up with', async () => {
    server.drop();
    server.say('general', 'Bob', 'while away');
    await until(() => bodies()?.includes('while away'));
    expect(arrivals).toEqual([]);
  });

  test('is that another room has more unread than before', async () => {
    const activity = { op: 'activity', room: 'tea', mentions: 0 };
    server.addRoom('tea', 'Tea');
    const [connection] = server.connections;
    for (const unread of [1, 2, 2, 0, 1]) connection.tell({ ...activity, seq: 9, unread });
    expect(arrivals.map(({ room, unread }) => [room, unread])).toEqual([
      ['tea', 1],
      ['tea', 2],
      ['tea', 1],
    ]);
  });

  test('is told to nobody who does not listen any more', async () => {
    const heard = vi.fn();
    client.onArrival(heard)();
    server.say('general', 'Bob', 'hello?');
    await until(() => arrivals.length === 1);
    expect(heard).not.toHaveBeenCalled();
  });
});

test('a name can be changed, here and in the other tabs', async () => {
  const channel = { postMessage: vi.fn(), onmessage: null };
  await load(channel);
  await client.signIn('Ada');
  await until(() => state().connected);
  server.names.add('Bob');
  await expect(client.rename('Bob')).rejects.toMatchObject({ code: 'conflict' });
  await client.rename('Ada L.');
  expect(state().me).toMatchObject({ id: 'u_Ada', name: 'Ada L.' });
  const [{ action }] = /** @type {any} */ (channel.postMessage.mock.lastCall);
  expect(action).toMatchObject({ op: 'me', me: { name: 'Ada L.' } });
  api.connect(() => {})();
  server.up = false;
  await load();
  expect(state().me?.name).toBe('Ada L.');
});

test('a room can be renamed, and everybody hears of it', async () => {
  await enter();
  await client.updateRoom('general', { name: 'Parlour', topic: 'Tea and talk' });
  expect(general()).toMatchObject({ name: 'Parlour', topic: 'Tea and talk' });
  const bob = { id: 'u_Bob', name: 'Bob' };
  server.append('general', bob, { kind: 'room', name: 'Salon', topic: '' });
  await until(() => general().name === 'Salon');
  expect(general().topic).toBe('');
});

test('the server says what it is and how it is', async () => {
  await enter();
  expect(await client.about()).toMatchObject({ name: 'Teahouse', protocol: 'teahouse.v1' });
  expect(await client.health()).toBe('ready');
  vi.stubGlobal('fetch', async () => Response.json({ status: 'unavailable' }, { status: 503 }));
  expect(await client.health()).toBe('unavailable');
  server.up = false;
  vi.stubGlobal('fetch', server.fetch);
  await expect(client.health()).rejects.toMatchObject({ code: 'offline' });
});

test('favourites stay on this device, for this person, and go with the session', async () => {
  /** @type {any} */
  const channel = { postMessage: vi.fn(), onmessage: null };
  await load(channel);
  await client.signIn('Ada');
  client.favour('tea', true);
  client.favour('general', true);
  client.favour('tea', false);
  expect(state().favourites).toEqual(['general']);
  api.connect(() => {})();
  await load(channel);
  expect(state().favourites).toEqual(['general']);
  const action = { op: 'favourites', favourites: ['cake'] };
  channel.onmessage({ data: { user: 'u_Ada', action } });
  expect(state().favourites).toEqual(['cake']);
  await until(() => state().connected);
  await client.signOut();
  expect(state().favourites).toEqual([]);
  expect(localStorage).toHaveLength(0);
});

test('a busy room is written down every few seconds, and when the page goes', async () => {
  await enter();
  await client.save();
  const put = vi.spyOn(database, 'put');
  const writes = () => put.mock.calls.filter(([table]) => table === 'rooms').length;
  for (let i = 0; i < 250; i += 1) {
    server.say('general', 'Bob', `${i}`);
    await vi.advanceTimersByTimeAsync(20);
  }
  expect(writes()).toBeLessThanOrEqual(1);
  await client.save();
  api.connect(() => {})();
  server.up = false;
  await load();
  expect(bodies()?.at(-1)).toBe('249');
  expect(bodies()).toHaveLength(KEPT);
});

describe('what somebody left whose session ended', () => {
  beforeEach(async () => {
    await enter();
    server.up = false;
    server.drop();
    await client.send('general', 'never sent');
    client.drafts.set('general', 'just begun');
    await client.save();
    server.user = null;
    server.up = true;
    await until(() => state().session === 'nobody');
    await client.signIn('Eve');
    client.open('general');
    await until(() => state().connected && general()?.log);
  });

  afterEach(() => database.forget('u_Eve'));

  test('waits for a decision, and is not sent before', async () => {
    expect(state().leftovers).toMatchObject([{ text: 'never sent' }, { text: 'just begun' }]);
    expect(state().outbox).toEqual([]);
    expect(client.drafts.get('general')).toBe('');
    expect(server.room('general').log).toEqual([]);
  });

  test('can be made one’s own', async () => {
    const [message, draft] = state().leftovers;
    await client.leftovers.adopt(message);
    await until(() => bodies()?.includes('never sent') && state().outbox.length === 0);
    expect(server.room('general').log).toMatchObject([{ user: { name: 'Eve' } }]);
    await client.leftovers.adopt(draft);
    expect(client.drafts.get('general')).toBe('just begun');
    expect(state().leftovers).toEqual([]);
    expect(await database.others('drafts', 'u_Eve')).toEqual([]);
    expect(await database.others('outbox', 'u_Eve')).toEqual([]);
  });

  test('can be thrown away', async () => {
    for (const left of state().leftovers) await client.leftovers.discard(left);
    expect(state().leftovers).toEqual([]);
    expect(await database.others('outbox', 'u_Eve')).toEqual([]);
    expect(await database.others('drafts', 'u_Eve')).toEqual([]);
  });
});
