import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as api from '../api/index.js';
import { FakeServer } from '../testing/fakeServer.js';
import { clock, until } from '../testing/until.js';
import { createClient } from './client.js';
import { openDatabase } from './database.js';
import { editKey } from './drafts.js';
import { entriesOf, timeline } from './selectors.js';

/**
 * @import {Client} from './client.js'
 * @import {MessageRow} from './timeline.js'
 */

/** @type {FakeServer} */
let server;
/** @type {Awaited<ReturnType<typeof openDatabase>>} */
let database;
/** @type {Client} */
let client;

const state = () => client.store.get();
const general = () => state().rooms.general;
const log = () => server.room('general').log;
const rows = () =>
  timeline(general(), entriesOf(state().outbox, 'general'), state().me).filter(
    ({ type }) => type === 'message' || type === 'entry',
  );
/** The row of what was said under this id, or by this command. @param {string} key @returns {any} */
const row = (key) =>
  rows().find((one) => one.key === key || (one.type === 'message' && one.event.id === key));
const kept = () => database.all('outbox', 'u_Ada');
const draft = () => client.drafts.get('general');
const quiet = () => until(async () => state().outbox.length === 0 && (await kept()).length === 0);
const settle = () => new Promise((resolve) => setImmediate(resolve));

function offline() {
  server.up = false;
  server.drop();
}

async function online() {
  server.up = true;
  client.reconnect();
  await until(() => state().connected);
}

/** The page, loaded anew. @param {any} [channel] */
async function load(channel = { postMessage() {}, onmessage: null }) {
  api.connect(() => {})();
  client = createClient({ api, database, locks: undefined, channel, memory: localStorage });
  await client.start();
  client.open('general');
}

/** A message of Ada's that everybody has. @param {string} body @returns {Promise<string>} its id */
async function said(body) {
  await client.send('general', body);
  await until(() => state().outbox.length === 0 && log().some((event) => event.body === body));
  return log().find((event) => event.body === body).id;
}

beforeEach(async () => {
  vi.useFakeTimers(clock);
  server = new FakeServer();
  vi.stubGlobal('WebSocket', server.WebSocket);
  vi.stubGlobal('fetch', server.fetch);
  database = await openDatabase();
  await load();
  await client.signIn('Ada');
  client.open('general');
  await until(() => general()?.log);
});

afterEach(async () => {
  api.connect(() => {})();
  await database.forget('u_Ada');
  await database.update('teahouse.outbox', () => undefined);
  database.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a change', () => {
  test('is on the disk before it shows, shows before it is sent, and ends as the server has it', async () => {
    const id = await said('hello');
    server.silent = true;
    const editing = client.edit('general', id, 'hello, all');
    expect(row(id).event.body).toBe('hello');
    await editing;
    expect(await kept()).toMatchObject([{ op: 'edit', message: id, body: 'hello, all' }]);
    expect(row(id)).toMatchObject({ event: { body: 'hello, all' }, pending: true, failed: [] });
    server.silent = false;
    server.drop();
    await quiet();
    expect(row(id)).toMatchObject({
      event: { body: 'hello, all', edited: 2 },
      pending: false,
      mine: true,
    });
  });

  test('works offline, over a reload, in order and once', async () => {
    const id = await said('one');
    const theirs = server.say('general', 'Bob', 'two').id;
    await until(() => row(theirs));
    offline();
    await client.edit('general', id, 'one and a half');
    await client.react('general', theirs, '👍', true);
    await client.send('general', 'three');
    await client.save();
    await load();
    expect(row(id).event.body).toBe('one and a half');
    expect(row(theirs).event.reactions).toEqual({ '👍': [{ id: 'u_Ada', name: 'Ada' }] });
    await online();
    await quiet();
    expect(log().map(({ kind }) => kind)).toEqual([
      'message',
      'message',
      'edit',
      'react',
      'message',
    ]);
    expect(row(theirs).event.reactions).toEqual({ '👍': [{ id: 'u_Ada', name: 'Ada' }] });
  });

  test('whose answer was lost is not made twice', async () => {
    const id = await said('hello');
    const write = server.append.bind(server);
    server.append = (...event) => {
      server.silent = true;
      return write(...event);
    };
    await client.edit('general', id, 'once');
    await until(() => log().length === 2);
    server.append = write;
    server.drop();
    server.silent = false;
    await quiet();
    expect(log()).toHaveLength(2);
  });

  test('a deleted message is a tombstone at once', async () => {
    const id = await said('oops');
    offline();
    await client.remove('general', id);
    expect(row(id)).toMatchObject({ event: { deleted: true }, pending: true });
    expect(row(id).event.body).toBeUndefined();
    await online();
    await quiet();
    expect(row(id)).toMatchObject({ event: { deleted: true }, pending: false });
  });

  test('reactions of others come and go', async () => {
    const { id } = server.say('general', 'Bob', 'tea?');
    const cy = { id: 'u_Cy', name: 'Cy' };
    server.append('general', cy, { kind: 'react', message: id, emoji: '🍵', on: true });
    await until(() => row(id)?.event.reactions);
    expect(row(id).event.reactions).toEqual({ '🍵': [cy] });
    server.append('general', cy, { kind: 'react', message: id, emoji: '🍵', on: false });
    await until(() => !row(id).event.reactions);
  });
});

describe('what never left this device', () => {
  test('an edit that waits takes the later text', async () => {
    const id = await said('a');
    offline();
    await client.edit('general', id, 'b');
    await client.edit('general', id, 'c');
    expect(await kept()).toMatchObject([{ body: 'c' }]);
    await online();
    await quiet();
    expect(log().map(({ body }) => body)).toEqual(['a', 'c']);
  });

  test('an edit that was tried is followed by another', async () => {
    const id = await said('a');
    server.silent = true;
    await client.edit('general', id, 'b');
    offline();
    await client.edit('general', id, 'c');
    expect((await kept()).map(({ body }) => body)).toEqual(['b', 'c']);
    expect(row(id).event.body).toBe('c');
    server.silent = false;
    await online();
    await quiet();
    expect(log().map(({ body }) => body)).toEqual(['a', 'b', 'c']);
  });

  test('a reaction and its end cancel each other out', async () => {
    const id = await said('a');
    offline();
    await client.react('general', id, '👍', true);
    expect(row(id).event.reactions).toBeDefined();
    await client.react('general', id, '👍', false);
    expect(row(id).event.reactions).toBeUndefined();
    expect(await kept()).toEqual([]);
    await online();
    await settle();
    expect(log()).toHaveLength(1);
  });

  test('a message that waits is rewritten', async () => {
    offline();
    await client.send('general', 'frist');
    const [{ id }] = await kept();
    await client.edit('general', id, 'first');
    expect(row(id)).toMatchObject({ type: 'entry', entry: { body: 'first' } });
    await online();
    await quiet();
    expect(log().map(({ kind, body }) => [kind, body])).toEqual([['message', 'first']]);
  });

  test('a message that waits and is deleted was never there', async () => {
    offline();
    await client.send('general', 'oops');
    const [{ id }] = await kept();
    await client.react('general', id, '👍', true);
    await client.remove('general', id);
    expect(await kept()).toEqual([]);
    expect(row(id)).toBeUndefined();
  });

  test('changes of a message that may be sent wait for its name', async () => {
    server.silent = true;
    await client.send('general', 'frist');
    offline();
    const [{ id }] = await kept();
    await client.edit('general', id, 'first');
    expect(await kept()).toMatchObject([{ body: 'frist' }, { op: 'edit', target: id }]);
    expect(row(id)).toMatchObject({ type: 'entry', entry: { body: 'first' } });
    server.silent = false;
    await online();
    await quiet();
    expect(log()).toMatchObject([{ body: 'frist' }, { kind: 'edit', body: 'first' }]);
    expect(row(id)).toMatchObject({ type: 'message', event: { body: 'first' } });
  });

  test('a message that may be sent is deleted once it has a name', async () => {
    server.silent = true;
    await client.send('general', 'oops');
    offline();
    const [{ id }] = await kept();
    await client.remove('general', id);
    expect(row(id)).toBeUndefined();
    server.silent = false;
    await online();
    await quiet();
    expect(log().map(({ kind }) => kind)).toEqual(['message', 'delete']);
  });
});

describe('a refusal', () => {
  test('of an edit keeps its text, to be tried again', async () => {
    const id = await said('a');
    server.refusals.push({ code: 'forbidden' });
    await client.edit('general', id, 'better');
    await until(() => row(id).failed.length > 0);
    expect(row(id)).toMatchObject({
      event: { body: 'a' },
      pending: false,
      failed: [{ body: 'better', code: 'forbidden' }],
    });
    await client.retry(row(id).failed[0]);
    await quiet();
    expect(row(id)).toMatchObject({ event: { body: 'better' }, failed: [] });
  });

  test('of an edit leaves its text to be gone on with', async () => {
    const id = await said('a');
    server.refusals.push({ code: 'forbidden' });
    await client.edit('general', id, 'better');
    await until(() => row(id).failed.length > 0);
    client.startEdit('general', id);
    expect(client.drafts.get(editKey('general', id))).toBe('better');
    await client.edit('general', id, 'better'); // as it is, it is another try
    await quiet();
    expect(row(id)).toMatchObject({ event: { body: 'better' }, failed: [] });
  });

  test('of an edit can be let go', async () => {
    const id = await said('a');
    server.refusals.push({ code: 'forbidden' });
    await client.edit('general', id, 'better');
    await until(() => row(id).failed.length > 0);
    await client.discard(row(id).failed[0]);
    expect(row(id)).toMatchObject({ event: { body: 'a' }, failed: [] });
    expect(await kept()).toEqual([]);
  });

  test.each(['forbidden', 'not_found', 'invalid', 'conflict'])(
    'of a reaction or a deletion (%s) takes back what showed',
    async (code) => {
      const id = await said('a');
      server.refusals.push({ code }, { code });
      await client.react('general', id, '👍', true);
      await client.remove('general', id);
      await quiet();
      expect(row(id)).toMatchObject({ event: { body: 'a' }, failed: [] });
      expect(row(id).event.reactions).toBeUndefined();
    },
  );

  test('of a message takes its waiting edit in', async () => {
    server.silent = true;
    await client.send('general', 'frist');
    offline();
    const [{ id }] = await kept();
    await client.edit('general', id, 'first');
    server.silent = false;
    server.refusals.push({ code: 'forbidden' });
    await online();
    await until(() => state().outbox[0]?.state === 'failed');
    expect(state().outbox).toMatchObject([{ body: 'first', code: 'forbidden' }]);
    await client.retry(state().outbox[0]);
    await quiet();
    expect(log()).toMatchObject([{ body: 'first' }]);
  });

  test('of a message whose text is mended then is another message', async () => {
    server.refusals.push({ code: 'invalid' });
    await client.send('general', 'bad');
    await until(() => state().outbox[0]?.state === 'failed');
    const [{ id }] = state().outbox;
    await client.edit('general', id, 'good');
    await quiet();
    expect(log()).toMatchObject([{ body: 'good' }]);
    expect(log()[0].ref).not.toBe(id);
  });

  test('of an edit whose message is gone from sight shows all the same', async () => {
    const id = await said('a');
    server.refusals.push({ code: 'forbidden' });
    await client.edit('general', id, 'better');
    await until(() => row(id).failed.length > 0);
    const events = Array.from({ length: 3 }, (_, at) => ({
      ...log()[0],
      seq: 500 + at,
      id: `m_${at}`,
      ref: undefined,
    }));
    const page = { room: 'general', seq: 502, epoch: 'e', events, more: true, reset: true };
    client.store.dispatch({ op: 'joined', ...page, after: null });
    expect(rows().at(-1)).toMatchObject({ type: 'entry', entry: { body: 'better' } });
  });
});

describe('another text, while it is written', () => {
  /** @param {string} id */
  const text = (id) => client.drafts.get(editKey('general', id));

  test('begins with the message’s, and leaves the room’s draft alone', async () => {
    const id = await said('a');
    client.drafts.set('general', 'next');
    client.startEdit('general', id);
    expect(general().editing).toBe(id);
    expect([text(id), draft()]).toEqual(['a', 'next']);
    client.endEdit('general');
    expect(general().editing).toBeNull();
    expect([text(id), draft()]).toEqual(['', 'next']);
  });

  test('outlives the page', async () => {
    const id = await said('a');
    client.startEdit('general', id);
    client.drafts.set(editKey('general', id), 'a better o');
    await client.save();
    await load();
    await until(() => general().editing === id);
    expect(text(id)).toBe('a better o');
  });

  test('is sent in one act with its draft’s end', async () => {
    const id = await said('a');
    client.startEdit('general', id);
    client.drafts.set(editKey('general', id), 'b');
    await client.save();
    await client.edit('general', id, 'b');
    expect(general().editing).toBeNull();
    expect(await database.all('drafts', 'u_Ada')).toEqual([]);
    await quiet();
    expect(row(id).event.body).toBe('b');
  });

  test('that is the same sends nothing; an empty one goes on', async () => {
    const id = await said('a');
    client.startEdit('general', id);
    await client.edit('general', id, ' \n');
    expect(general().editing).toBe(id);
    await client.edit('general', id, 'a');
    expect(general().editing).toBeNull();
    expect(await kept()).toEqual([]);
    expect(log()).toHaveLength(1);
  });

  test('that cannot be kept stays in the box', async () => {
    const id = await said('a');
    client.startEdit('general', id);
    const { revise } = database;
    database.revise = async () => {
      throw new Error('disk full');
    };
    await expect(client.edit('general', id, 'b')).rejects.toThrow('disk full');
    database.revise = revise;
    expect(general().editing).toBe(id);
    expect(text(id)).toBe('b');
  });

  test('moves into the room’s draft when its message is deleted elsewhere', async () => {
    const id = await said('a');
    client.drafts.set('general', 'next');
    client.startEdit('general', id);
    client.drafts.set(editKey('general', id), 'half a thought');
    const ada = { id: 'u_Ada', name: 'Ada' };
    server.append('general', ada, { kind: 'delete', message: id });
    await until(() => general().editing === null);
    expect([text(id), draft()]).toEqual(['', 'next\nhalf a thought']);
    await client.save();
    expect(await database.all('drafts', 'u_Ada')).toMatchObject([
      { room: 'general', text: 'next\nhalf a thought' },
    ]);
  });

  test('moves there when the log was rolled back behind it', async () => {
    const id = await said('a');
    client.startEdit('general', id);
    client.drafts.set(editKey('general', id), 'half a thought');
    server.room('general').log.length = 0;
    server.epoch = 'e_other';
    server.drop();
    await until(() => general().log?.epoch === 'e_other');
    expect(general().editing).toBeNull();
    expect(draft()).toBe('half a thought');
  });

  test('that did not change vanishes with its message', async () => {
    const id = await said('a');
    client.startEdit('general', id);
    await client.remove('general', id);
    expect(general().editing).toBeNull();
    expect([text(id), draft()]).toEqual(['', '']);
  });

  test('of one message waits while another’s is written', async () => {
    const [one, two] = [await said('a'), await said('b')];
    client.startEdit('general', one);
    client.drafts.set(editKey('general', one), 'a, but better');
    client.startEdit('general', two);
    expect(general().editing).toBe(two);
    client.startEdit('general', one);
    expect([text(one), text(two)]).toEqual(['a, but better', '']);
  });

  test('goes on though its message is sent meanwhile', async () => {
    server.silent = true;
    await client.send('general', 'frist');
    const [{ id }] = await kept();
    client.startEdit('general', id);
    client.drafts.set(editKey('general', id), 'first');
    server.silent = false;
    server.drop();
    await quiet();
    await client.edit('general', id, 'first');
    await quiet();
    expect(log()).toMatchObject([{ body: 'frist' }, { kind: 'edit', message: log()[0].id }]);
  });
});

describe('in several tabs', () => {
  test('all see a change, and one that sent the message names it for the others', async () => {
    server.silent = true;
    await client.send('general', 'frist');
    offline();
    const [{ id, order }] = await kept();
    const wish = { op: 'edit', room: 'general', target: id, body: 'first', user: 'u_Ada', at: 2 };
    const entry = { ...wish, id: 'c_2', state: 'pending', order: order + 1 };
    /** @type {any} */
    const channel = { postMessage() {}, onmessage: null };
    await load(channel);
    await database.remove('outbox', order); // the other tab sent it
    await database.put('outbox', entry);
    server.silent = false;
    const ada = { id: 'u_Ada', name: 'Ada' };
    const event = server.append('general', ada, { kind: 'message', body: 'frist', ref: id });
    const tell = (/** @type {any} */ action) =>
      channel.onmessage({ data: { user: 'u_Ada', action } });
    tell({ op: 'outbox', entries: [entry] });
    const change = { state: 'sent', at: 1, seq: 1, message: event.id };
    tell({ op: 'entry', id, change });
    await online();
    await quiet();
    expect(log()).toMatchObject([{ body: 'frist' }, { kind: 'edit', body: 'first' }]);
  });

  test('what another tab sent is no longer being edited here', async () => {
    const id = await said('a');
    /** @type {any} */
    const channel = { postMessage() {}, onmessage: null };
    await load(channel);
    client.startEdit('general', id);
    await client.save();
    const change = { op: 'draft', room: editKey('general', id), text: '', was: 'a' };
    channel.onmessage({ data: { user: 'u_Ada', action: change } });
    expect(general().editing).toBeNull();
  });
});

test('what is left of a session that ended: texts are offered, the rest is dropped', async () => {
  const id = await said('a');
  offline();
  await client.edit('general', id, 'another text');
  await client.react('general', id, '👍', true);
  client.startEdit('general', id);
  client.drafts.set(editKey('general', id), 'and a third');
  await client.save();
  server.user = null;
  server.up = true;
  client.reconnect();
  await until(() => state().session === 'nobody');
  await client.signIn('Eve');
  client.open('general');
  expect(state().leftovers).toMatchObject([
    { room: 'general', text: 'another text', entry: null },
    { room: 'general', text: 'and a third', entry: null },
  ]);
  expect(await database.others('outbox', 'u_Eve')).toHaveLength(1);
  const [first, second] = state().leftovers;
  await client.leftovers.adopt(first);
  expect(draft()).toBe('another text');
  await client.leftovers.discard(second);
  expect(await database.others('outbox', 'u_Eve')).toEqual([]);
  expect(await database.others('drafts', 'u_Eve')).toEqual([]);
  await database.forget('u_Eve');
});
