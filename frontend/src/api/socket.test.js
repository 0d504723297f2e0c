import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeServer } from '../testing/fakeServer.js';
import { ApiError } from './error.js';
import { openSocket } from './socket.js';

/** @type {FakeServer} */
let server;
/** @type {ReturnType<typeof openSocket>} */
let socket;
/** @type {any[]} */
let statuses;
/** @type {any[]} */
let frames;

const states = () => statuses.map(({ state }) => state);
const answer = () => vi.advanceTimersByTimeAsync(0);

function open() {
  socket = openSocket({
    url: 'ws://teahouse/ws',
    WebSocket: server.WebSocket,
    host: window,
    random: () => 0.5,
    onStatus: (status) => statuses.push(status),
    onFrame: (frame) => frames.push(frame),
  });
  return answer();
}

/** @param {any} frame @returns {Promise<any>} */
const ask = (frame) => new Promise((resolve) => socket.command(frame, resolve));

beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  server.signIn('Ada');
  statuses = [];
  frames = [];
});

afterEach(() => {
  socket.close();
  vi.useRealTimers();
});

describe('connecting', () => {
  test('is connected with hello, not before', async () => {
    server.silent = true;
    await open();
    expect(states()).toEqual(['connecting']);
    server.silent = false;
    for (const connection of server.connections) connection.readyState = 0;
    for (const connection of server.connections) connection.open();
    expect(states()).toEqual(['connecting', 'connected']);
    expect(frames[0].op).toBe('hello');
  });

  test('offers the subprotocol', async () => {
    await open();
    expect([...server.connections][0].protocol).toBe('teahouse.v1');
  });

  test('gives up on a server that never says hello', async () => {
    server.silent = true;
    await open();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(states()).toEqual(['connecting', 'disconnected']);
  });

  test('waits longer each time, and says until when', async () => {
    server.up = false;
    await open();
    const waits = [];
    for (let i = 0; i < 4; i += 1) {
      const { retryAt } = statuses.at(-1);
      waits.push(retryAt - Date.now());
      await vi.advanceTimersByTimeAsync(retryAt - Date.now());
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000]);
  });

  test('forgets past failures only after ten steady seconds', async () => {
    server.up = false;
    await open();
    await vi.advanceTimersByTimeAsync(250 + 500);
    server.up = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(states().at(-1)).toBe('connected');

    await vi.advanceTimersByTimeAsync(9_000);
    server.drop();
    expect(statuses.at(-1).retryAt - Date.now()).toBe(2_000);

    await vi.advanceTimersByTimeAsync(2_000 + 10_000);
    server.drop();
    expect(statuses.at(-1).retryAt - Date.now()).toBe(250);
  });

  test('comes back no sooner than a restarting server asks', async () => {
    await open();
    server.drop(1012, 'the server is restarting, retry_ms=3000');
    expect(statuses.at(-1)).toMatchObject({ state: 'disconnected', withdrawn: false });
    expect(statuses.at(-1).retryAt - Date.now()).toBe(3_250);
  });

  test('stays away from an overloaded server', async () => {
    await open();
    server.drop(1013, 'come back later');
    expect(statuses.at(-1).retryAt - Date.now()).toBeGreaterThanOrEqual(5_000);
  });

  test('once closed it never comes back', async () => {
    await open();
    socket.close();
    window.dispatchEvent(new Event('online'));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(server.connections.size).toBe(0);
    expect(states()).toEqual(['connecting', 'connected']);
  });
});

describe('silence', () => {
  test('is broken by a ping after thirty seconds', async () => {
    await open();
    await vi.advanceTimersByTimeAsync(29_999);
    expect(server.received('ping')).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(server.received('ping')).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(states()).toEqual(['connecting', 'connected']);
  });

  test('after a ping ends the connection ten seconds later', async () => {
    await open();
    server.silent = true;
    await vi.advanceTimersByTimeAsync(39_999);
    expect(states().at(-1)).toBe('connected');
    await vi.advanceTimersByTimeAsync(1);
    expect(states().at(-1)).toBe('disconnected');
  });

  test('is noticed sooner while a command waits', async () => {
    await open();
    server.silent = true;
    const lost = ask({ op: 'typing', id: 't1', room: 'general' });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await lost).toMatchObject({ code: 'offline' });
    expect(states().at(-1)).toBe('disconnected');
  });

  test('does not matter while the server speaks', async () => {
    await open();
    for (const connection of server.connections) connection.joined.add('general');
    for (let i = 0; i < 8; i += 1) {
      await vi.advanceTimersByTimeAsync(20_000);
      server.say('general', 'Bob', 'still here');
    }
    expect(server.received('ping')).toHaveLength(0);
  });
});

describe('commands', () => {
  test('are settled by their own answer', async () => {
    await open();
    const answers = await Promise.all([
      ask({ op: 'typing', id: 'one', room: 'general' }),
      ask({ op: 'typing', id: 'two', room: 'nowhere' }),
    ]);
    expect(answers).toMatchObject([
      { op: 'ok', id: 'one' },
      { op: 'error', id: 'two', code: 'not_found' },
    ]);
  });

  test('are refused while there is no connection', async () => {
    server.up = false;
    await open();
    expect(await ask({ op: 'ping', id: 'p' })).toBeInstanceOf(ApiError);
  });

  test('that wait when the connection goes are told so', async () => {
    await open();
    server.silent = true;
    const lost = ask({ op: 'typing', id: 't', room: 'general' });
    server.drop();
    expect(await lost).toMatchObject({ code: 'offline' });
  });
});

describe('the network', () => {
  test('coming back ends the wait', async () => {
    server.up = false;
    await open();
    await vi.advanceTimersByTimeAsync(60_000);
    server.up = true;
    statuses.length = 0;
    window.dispatchEvent(new Event('online'));
    await answer();
    expect(states()).toEqual(expect.arrayContaining(['connected']));
  });

  test('going leads to a fresh attempt at once', async () => {
    await open();
    server.up = false;
    window.dispatchEvent(new Event('offline'));
    await answer();
    expect(states()).toEqual(['connecting', 'connected', 'connecting', 'disconnected']);
  });

  test('is looked at again when the page is', async () => {
    await open();
    server.silent = true;
    vi.setSystemTime(Date.now() + 3_600_000); // the machine slept
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(states().at(-1)).toBe('disconnected');
  });
});
