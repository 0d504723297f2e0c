import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeServer } from '../testing/fakeServer.js';
import {
  about,
  connect,
  deleteMsg,
  editMsg,
  health,
  joinRoom,
  leaveRoom,
  react,
  rename,
  sendMsg,
  signIn,
  updateRoom,
  whoAmI,
} from './index.js';

/** @type {FakeServer} */
let server;
/** @type {any[]} */
let events;
let disconnect = () => {};

const settle = () => vi.advanceTimersByTimeAsync(0);
/** @param {string} op */
const of = (op) => events.filter((event) => event.op === op);
const seqs = () => of('event').map(({ seq }) => seq);
const reconnected = () => vi.advanceTimersByTimeAsync(31_000);

beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer();
  server.signIn('Ada');
  vi.stubGlobal('WebSocket', server.WebSocket);
  vi.stubGlobal('fetch', server.fetch);
  events = [];
  disconnect = connect((event) => events.push(event));
  await settle();
});

afterEach(() => {
  disconnect();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('sendMsg answers once the message is kept, and repeats harmlessly', async () => {
  const message = { room: 'general', body: 'hello', id: 'c1' };
  const first = await sendMsg(message);
  expect(first).toMatchObject({ op: 'ok', room: 'general', seq: 1 });
  expect(await sendMsg(message)).toEqual(first);
  expect(server.room('general').log).toHaveLength(1);
  await expect(sendMsg({ ...message, body: 'other' })).rejects.toMatchObject({ code: 'conflict' });
});

test('changes answer once they are kept, and repeat harmlessly', async () => {
  const { message } = await sendMsg({ room: 'general', body: 'helo' });
  const about = { room: 'general', message };
  const edit = { ...about, body: 'hello', id: 'c1' };
  const first = await editMsg(edit);
  expect(first).toMatchObject({ op: 'ok', room: 'general', seq: 2 });
  expect(await editMsg(edit)).toEqual(first);
  expect(await react({ ...about, emoji: '👍', on: true })).toMatchObject({ seq: 3 });
  expect(await deleteMsg(about)).toMatchObject({ seq: 4 });
  await expect(editMsg({ ...edit, id: 'c2' })).rejects.toMatchObject({ code: 'not_found' });
  const theirs = { room: 'general', message: server.say('general', 'Bob', 'mine').id };
  await expect(deleteMsg(theirs)).rejects.toMatchObject({ code: 'forbidden' });
});

test('names change over HTTP, and the server says what it is', async () => {
  expect(await rename('Ada L.')).toMatchObject({ id: 'u_Ada', name: 'Ada L.' });
  server.names.add('Bob');
  await expect(rename('Bob')).rejects.toMatchObject({ code: 'conflict' });
  expect(await updateRoom('general', { topic: 'tea' })).toMatchObject({
    name: 'General',
    topic: 'tea',
  });
  expect(await about()).toMatchObject({ name: 'Teahouse' });
  expect(await health()).toBe('ready');
});

test('without a connection sendMsg says so', async () => {
  disconnect();
  await expect(sendMsg({ room: 'general', body: 'x' })).rejects.toMatchObject({ code: 'offline' });
});

test('a join brings the newest page, then what comes', async () => {
  server.say('general', 'Bob', 'before');
  joinRoom('general', {});
  await settle();
  server.say('general', 'Bob', 'after');
  expect(of('joined')).toMatchObject([{ room: 'general', after: null, seq: 1 }]);
  expect(seqs()).toEqual([2]);
});

test('what was missed while away comes with after and epoch, and nothing twice', async () => {
  joinRoom('general', {});
  await settle();
  server.say('general', 'Bob', 'one');
  server.drop();
  server.say('general', 'Bob', 'two');
  await reconnected();
  expect(server.received('join').at(-1)).toMatchObject({ after: 1, epoch: server.epoch });
  expect(of('joined').at(-1)).toMatchObject({ after: 1, events: [{ seq: 2 }] });
  server.say('general', 'Bob', 'three');
  expect(seqs()).toEqual([1, 3]);
});

test('a log that was rolled back is taken anew', async () => {
  joinRoom('general', {});
  await settle();
  server.say('general', 'Bob', 'lost later');
  server.drop();
  server.room('general').log.length = 0;
  server.epoch = 'e_other';
  await reconnected();
  expect(of('joined').at(-1)).toMatchObject({ after: null, reset: true, seq: 0 });
  server.say('general', 'Bob', 'a new first');
  expect(seqs().at(-1)).toBe(1);
});

test('a gap is asked for, a repetition dropped', async () => {
  joinRoom('general', {});
  await settle();
  const [connection] = server.connections;
  const first = server.say('general', 'Bob', 'one');
  connection.joined.clear();
  server.say('general', 'Bob', 'two');
  connection.joined.add('general');
  connection.tell(first);
  server.say('general', 'Bob', 'three');
  await settle();
  expect(server.received('join')).toHaveLength(2);
  expect(of('joined').at(-1)).toMatchObject({ after: 1, events: [{ seq: 2 }, { seq: 3 }] });
  expect(seqs()).toEqual([1]);
});

test('resync is answered with a join from the last event seen', async () => {
  joinRoom('general', {});
  await settle();
  server.say('general', 'Bob', 'one');
  const [connection] = server.connections;
  connection.joined.clear();
  server.say('general', 'Bob', 'unheard');
  connection.tell({ op: 'resync', room: 'general', seq: 2 });
  await settle();
  expect(of('joined').at(-1)).toMatchObject({ after: 1, events: [{ seq: 2 }] });
});

test('a room that is not there is refused once, and not asked for again', async () => {
  joinRoom('nowhere', {});
  await settle();
  expect(of('refused')).toEqual([{ op: 'refused', room: 'nowhere', code: 'not_found' }]);
  server.drop();
  await reconnected();
  expect(server.received('join')).toHaveLength(1);
});

test('a room that was left is not joined again', async () => {
  joinRoom('general', {});
  await settle();
  leaveRoom('general');
  server.drop();
  await reconnected();
  expect(server.received('join')).toHaveLength(1);
});

test('a refusal over HTTP carries its code; no answer is offline', async () => {
  await expect(signIn('Ada')).rejects.toMatchObject({ code: 'conflict' });
  expect(await whoAmI()).toMatchObject({ name: 'Ada' });
  server.up = false;
  await expect(whoAmI()).rejects.toMatchObject({ code: 'offline' });
});

test.each([
  [undefined, undefined, 'ws://localhost:3000/ws'],
  ['https://tea.example/', undefined, 'wss://tea.example/ws'],
  ['http://tea.example:8080/house', '', 'ws://tea.example:8080/house/ws'],
  ['https://tea.example', 'wss://socket.example/', 'wss://socket.example/'],
])('with the server at %s and the socket at %s it connects to %s', async (http, ws, url) => {
  vi.stubEnv('REACT_APP_API_URL', http);
  vi.stubEnv('REACT_APP_WS_URL', ws);
  vi.resetModules();
  const fresh = await import('./index.js');
  disconnect();
  disconnect = fresh.connect(() => {});
  await settle();
  expect(Array.from(server.connections, (connection) => connection.url)).toEqual([url]);
  vi.unstubAllEnvs();
});
