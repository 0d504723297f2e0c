// What the React tutorial's server died or stood still of, and what strangers may not do.
import { CRA } from './peer.js';
import { expect, test } from './house.js';
import { fresh, hears, reads, said, sees } from './words.js';

const HUGE = Buffer.alloc(5_000_000, 'x');

test('0.7 an empty text is sent to nobody', async ({ json }) => {
  const [one, two] = [await json(), await json()];
  const last = fresh();
  for (const text of ['', ' ', '\n', last]) one.send(text);
  for (const peer of [one, two]) {
    await hears(peer, last);
    expect(said(peer)).toEqual([last]);
  }
});

test('0.7 five megabytes cost their sender the connection, and nobody else', async ({ json }) => {
  const [one, two] = [await json(), await json()];
  one.send(HUGE.toString());
  expect((await one.closed()).code).toBe(1009);
  const next = fresh();
  two.send(next);
  await hears(two, next);
  expect(said(two)).toEqual([next]);
});

test('0.7 one who reads nothing holds up nobody', async ({ json, text, dial }) => {
  const stalled = [
    await json(),
    await text(),
    await dial('/websocket', { origin: CRA }),
    await dial('/ws?name=Asleep', { protocol: 'teahouse.v1' }),
  ];
  for (const peer of stalled) peer.stall();
  // Twice what the kernel's buffers hold for one who does not read.
  const talkers = await Promise.all([json(), json(), json()]);
  const listener = await json();
  const long = talkers.map((peer, at) =>
    Array.from({ length: 90 }, (_, n) => {
      const body = `${at} ${n} ${'长'.repeat(10_000)}`;
      peer.send(body);
      return body;
    }),
  );
  await listener.until(() => said(listener).length === 270, 'all that was said');
  for (const [at, bodies] of long.entries()) {
    expect(said(listener).filter((body) => body.startsWith(`${at} `))).toEqual(bodies);
  }
});

test('0.7 twenty-five resets in the middle of talk: nobody misses a word', async ({
  json,
  text,
  dial,
}) => {
  const [talker, listener] = [await json(), await json()];
  const other = await text();
  const third = await dial('/websocket');
  /** @type {string[]} */
  const talk = [];
  for (let n = 0; n < 25; n += 1) {
    const victim = await [json, text][n % 2]();
    victim.send(`victim ${n}`);
    const line = fresh();
    talk.push(line);
    talker.send(line);
    victim.reset();
  }
  const last = talk[24];
  await Promise.all([hears(listener, last), reads(other, last), sees(third, last)]);
  expect(said(listener).filter((body) => talk.includes(body))).toEqual(talk);
});

test('0.7 a page of a stranger gets in nowhere', async ({ refused }) => {
  for (const path of ['/ws', '/ws?mode=json', '/websocket', '/todo', '/echo']) {
    for (const origin of ['http://evil.example', 'https://localhost.evil.example']) {
      expect(await refused(path, { origin }), `${origin} at ${path}`).toBe(403);
    }
  }
  for (const path of ['/ws', '/websocket', '/todo']) {
    expect(await refused(path, { origin: 'null' }), `null at ${path}`).toBe(403);
  }
});

test('0.7 a GET without an upgrade is refused, and the house stands', async ({ house, json }) => {
  for (const path of ['/ws', '/websocket', '/todo', '/echo']) {
    for (let n = 0; n < 10; n += 1) {
      const { status } = await fetch(`${house.origin}${path}`);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
  }
  const peer = await json();
  const line = fresh();
  peer.send(line);
  await hears(peer, line);
});
