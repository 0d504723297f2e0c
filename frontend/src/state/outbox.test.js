import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { clock, until } from '../testing/until.js';
import { createLease } from './lease.js';
import { openDatabase, openVolatile } from './database.js';
import { createOutbox } from './outbox.js';

/** @import {Database} from './database.js' */

/** @type {Database} */
let database;
/** @type {any[]} */
let told;
/** @type {string[]} */
let sent;
let connected = true;
/** @type {(entry: import('./queue.js').Entry) => Promise<any>} */
let server;

/** @param {Partial<Parameters<typeof createOutbox>[0]>} [more] */
const tab = (more = {}) =>
  createOutbox({
    database,
    exclusively: createLease({ database, locks: undefined, name: 'outbox', now: Date.now }),
    send: (message) => {
      sent.push(message.id);
      return server(message);
    },
    connected: () => connected,
    tell: (action) => told.push(action),
    now: Date.now,
    random: () => 0.5,
    ...more,
  });

const kept = () => database.all('outbox', 'u_ada');
const states = async () => (await kept()).map(({ state }) => state);
/** @param {string} code @param {object} [more] */
const refusal = (code, more) => Object.assign(new Error(code), { code, ...more });

beforeEach(async () => {
  vi.useFakeTimers(clock);
  database = await openDatabase();
  told = [];
  sent = [];
  connected = true;
  server = async () => ({ at: 77 });
});

afterEach(async () => {
  await database.forget('u_ada');
  await database.update('outbox', () => undefined);
  database.close();
  vi.useRealTimers();
});

describe('a message', () => {
  test('is on the disk before it shows', async () => {
    connected = false;
    const outbox = tab({
      tell: (action) => told.push({ ...action, kept: kept() }),
    });
    await outbox.load('u_ada');
    await outbox.add('general', 'hello');
    expect(told[0]).toMatchObject({ op: 'outbox', entries: [{ body: 'hello', state: 'pending' }] });
    expect(await told[0].kept).toMatchObject([{ body: 'hello', user: 'u_ada' }]);
  });

  test('takes the draft it came from along, in one act', async () => {
    connected = false;
    await database.put('drafts', { user: 'u_ada', room: 'general', text: 'hello' });
    const outbox = tab();
    await outbox.load('u_ada');
    await outbox.add('general', 'hello');
    expect(await database.all('drafts', 'u_ada')).toEqual([]);
  });

  test('goes once it was answered, and shows as sent until its event comes', async () => {
    const outbox = tab();
    await outbox.load('u_ada');
    await outbox.add('general', 'hello');
    await until(async () => (await kept()).length === 0);
    expect(told.at(-1)).toMatchObject({ op: 'entry', change: { state: 'sent', at: 77 } });
  });

  test('waits for the connection, over a restart of the page, under the same id', async () => {
    connected = false;
    const before = tab();
    await before.load('u_ada');
    await before.add('general', 'typed on the train');
    before.stop();

    const after = tab();
    const [entry] = await after.load('u_ada');
    expect(entry).toMatchObject({ body: 'typed on the train', state: 'pending' });
    connected = true;
    void after.flush();
    await until(async () => (await kept()).length === 0);
    expect(sent).toEqual([entry.id]);
  });

  test('is of its user; another one neither sees nor sends it', async () => {
    connected = false;
    const outbox = tab();
    await outbox.load('u_ada');
    await outbox.add('general', 'mine');
    connected = true;
    const other = tab();
    expect(await other.load('u_bob')).toEqual([]);
    await other.flush();
    expect(sent).toEqual([]);
  });

  test('keeps its place behind those written before', async () => {
    connected = false;
    const outbox = tab();
    await outbox.load('u_ada');
    for (const body of ['one', 'two', 'three']) await outbox.add('general', body);
    const ids = (await kept()).map(({ id }) => id);
    connected = true;
    void outbox.flush();
    await until(async () => (await kept()).length === 0);
    expect(sent).toEqual(ids);
  });
});

describe('an error', () => {
  test.each(['too_long', 'forbidden', 'not_found', 'invalid', 'conflict'])(
    '%s is for the person to decide; the next message goes on',
    async (code) => {
      const outbox = tab();
      await outbox.load('u_ada');
      server = async ({ body }) => {
        if (body === 'bad') throw refusal(code);
        return { at: 1 };
      };
      await outbox.add('general', 'bad');
      await outbox.add('general', 'good');
      await until(async () => sent.length === 2 && (await states()).join() === 'failed');
      expect(await kept()).toMatchObject([{ body: 'bad', state: 'failed', code }]);
    },
  );

  test.each(['unavailable', 'internal', 'rate_limited'])(
    '%s is tried again by itself, under the same id',
    async (code) => {
      const outbox = tab();
      await outbox.load('u_ada');
      server = async () => {
        if (sent.length < 3) throw refusal(code, { retryMs: 100 });
        return { at: 1 };
      };
      await outbox.add('general', 'stubborn');
      await until(async () => (await kept()).length === 0);
      expect(new Set(sent).size).toBe(1);
      expect(sent).toHaveLength(3);
    },
  );

  test('a lost connection leaves it pending, and the next hello sends it', async () => {
    const outbox = tab();
    await outbox.load('u_ada');
    server = async () => {
      connected = false;
      throw refusal('offline');
    };
    await outbox.add('general', 'cut off');
    await until(() => sent.length === 1);
    expect(await states()).toEqual(['pending']);
    connected = true;
    server = async () => ({ at: 1 });
    await outbox.flush();
    await until(async () => (await kept()).length === 0);
    expect(new Set(sent).size).toBe(1);
  });

  test('a failed message can be tried again, or thrown away', async () => {
    const outbox = tab();
    await outbox.load('u_ada');
    server = async () => {
      throw refusal('forbidden');
    };
    await outbox.add('general', 'one');
    await outbox.add('general', 'two');
    await until(async () => (await states()).join() === 'failed,failed');
    const [one, two] = await kept();
    await outbox.discard(two);
    expect(told.at(-1)).toEqual({ op: 'discarded', id: two.id });
    server = async () => ({ at: 1 });
    await outbox.retry(one);
    await until(async () => (await kept()).length === 0);
    expect(sent.at(-1)).toBe(one.id);
  });
});

describe('of several tabs', () => {
  test('one sends at a time, so nothing is sent twice', async () => {
    let busy = 0;
    let most = 0;
    server = async () => {
      busy += 1;
      most = Math.max(most, busy);
      for (let turn = 0; turn < 5; turn += 1) await kept(); // time for others to begin
      busy -= 1;
      return { at: 1 };
    };
    const tabs = [tab(), tab(), tab()];
    for (const each of tabs) await each.load('u_ada');
    await Promise.all(tabs.map((each, at) => each.add('general', `from tab ${at}`)));
    await until(async () => (await kept()).length === 0);
    expect(most).toBe(1);
    expect(sent).toHaveLength(3);
  });

  test('one that was closed while sending holds the others up only for a while', async () => {
    const now = Date.now();
    await database.update('outbox', () => ({
      name: 'outbox',
      holder: 'a closed tab',
      until: now + 10_000,
    }));
    const outbox = tab();
    await outbox.load('u_ada');
    await outbox.add('general', 'after it');
    await until(() => sent.length === 1);
    expect(Date.now() - now).toBeGreaterThanOrEqual(10_000);
  });

  test('Web Locks are used where there are any', async () => {
    const request = vi.fn(async (_name, work) => work());
    const locks = /** @type {any} */ ({ request });
    const outbox = tab({
      exclusively: createLease({ database, locks, name: 'outbox', now: Date.now }),
    });
    await outbox.load('u_ada');
    await outbox.add('general', 'hello');
    await until(() => sent.length === 1);
    expect(request).toHaveBeenCalledWith('outbox', expect.any(Function));
  });
});

test('without IndexedDB everything works in memory, and says so', async () => {
  const volatile = openVolatile();
  expect(volatile.durable).toBe(false);
  const order = await volatile.queue({ user: 'u_ada', state: 'pending' }, ['u_ada', 'general']);
  expect(await volatile.all('outbox', 'u_ada')).toMatchObject([{ order, state: 'pending' }]);
  await volatile.put('drafts', { user: 'u_ada', room: 'tea', text: 'x' });
  await volatile.remove('drafts', ['u_ada', 'tea']);
  expect(await volatile.all('drafts', 'u_ada')).toEqual([]);
  await volatile.forget('u_ada');
  expect(await volatile.all('outbox', 'u_ada')).toEqual([]);
});
