// Origin 0: the React tutorial, its clients on another port, and json.
import { CRA } from './peer.js';
import { EVIL, expect, test } from './house.js';
import { bodies, fresh, hears, JOINED, LEFT, said } from './words.js';

/** @import {Peer} from './peer.js' */

/** What people type, and what JSON has to hide of it. */
const TYPED = [
  'hello',
  '你好，世界 👩‍👩‍👧',
  'he said "so" and \\so',
  '<b>bold</b> & <i>',
  'two\nlines',
  '{"a": [1, null], "b": "JSON"}',
  '  room on both sides ',
  'line\u2028separator\u2029and\ttab',
];

/** Those who were here in the test before may be told to have left only now. */
const but = { hasNotText: LEFT };

test('0.1 whoever comes from another port is announced, first to themselves', async ({ json }) => {
  const first = await json();
  await first.count(1);
  const before = first.frames.length;
  const second = await json();
  await second.count(1);
  expect(JSON.parse(second.texts[0])).toMatchObject({ type: 1, body: JOINED });
  expect(second.frames[0].binary).toBe(false);
  await first.until(() => bodies(first).slice(before).includes(JOINED), JOINED);
});

test('0.2 what is typed reaches every json client once, as it was typed', async ({ json }) => {
  const peers = [await json(), await json(), await json()];
  const texts = TYPED.map((text) => `${text}${fresh()} `);
  for (const text of texts) peers[0].send(text);
  for (const peer of peers) {
    await hears(peer, texts[texts.length - 1]);
    expect(said(peer)).toEqual(texts);
    for (const text of peer.texts) expect(JSON.parse(text).type).toBe(1);
  }
});

test('0.3 bursts arrive whole, one object to a frame, in one order', async ({ json }) => {
  const peers = [await json(), await json(), await json()];
  const burst = Array.from({ length: 50 }, () => fresh('burst'));
  for (const text of burst) peers[0].send(text);
  for (const peer of peers) {
    await hears(peer, burst[49]);
    expect(said(peer)).toEqual(burst);
  }
  for (let n = 0; n < 20; n += 1) {
    peers[0].send(`left ${n}`);
    peers[1].send(`right ${n}`);
  }
  const count = burst.length + 40;
  for (const peer of peers) {
    await peer.until(() => said(peer).length >= count, `${count} messages`);
    expect(said(peer)).toEqual(said(peers[0]));
    for (const side of ['left', 'right']) {
      const of = said(peer).filter((body) => body.startsWith(side));
      expect(of).toEqual(Array.from({ length: 20 }, (_, n) => `${side} ${n}`));
    }
  }
});

for (const [how, go] of /** @type {[string, (peer: Peer) => unknown][]} */ ([
  ['closes', (peer) => peer.leave(1001)],
  ['is cut off', (peer) => peer.reset()],
])) {
  test(`0.4 the others hear of one who ${how}, and talk on`, async ({ json }) => {
    const stays = [await json(), await json()];
    const goes = await json();
    await goes.count(1);
    const last = fresh();
    goes.send(last);
    for (const peer of stays) await hears(peer, last);
    const before = stays.map((peer) => peer.frames.length);
    await go(goes);
    for (const [at, peer] of stays.entries()) {
      await peer.until(() => bodies(peer).slice(before[at]).includes(LEFT), LEFT);
    }
    const next = fresh();
    stays[0].send(next);
    for (const peer of stays) await hears(peer, next);
  });
}

test('0.5 the page of part 2: the button says hello', async ({ house, site, tutorial, json }) => {
  const other = await json();
  const page = await tutorial(site, `hit.html?server=localhost:${house.port}/ws`);
  /** @type {string[]} */
  const printed = [];
  page.on('console', (message) => printed.push(message.text()));
  await page.getByRole('button').click();
  await hears(other, 'hello');
  await expect.poll(() => printed.join('\n')).toContain('"body":"hello"');
});

test('0.5 the page of parts 3 and 4 shows the JSON as it comes', async ({
  house,
  site,
  tutorial,
}) => {
  const page = await tutorial(site, `react.html?part=3&server=localhost:${house.port}/ws`);
  const lines = page.locator('p', but);
  await expect(lines).toHaveCount(1);
  await page.getByRole('button', { name: 'Hit' }).click();
  await expect(lines).toHaveCount(2);
  const shown = await lines.allTextContents();
  expect(shown.map((text) => JSON.parse(text).body)).toEqual([JOINED, 'hello']);
});

for (const list of ['prev', 'state']) {
  test(`0.5 the page of parts 5 and 6 (${list}): a box for each, the field empties, markup is text, no history`, async ({
    house,
    site,
    tutorial,
    json,
  }) => {
    const other = await json();
    const before = fresh('long ago');
    other.send(before);
    await hears(other, before);

    const page = await tutorial(
      site,
      `react.html?part=5&list=${list}&server=localhost:${house.port}/ws`,
    );
    const boxes = page.locator('.Message', but);
    await expect(boxes).toHaveText([JOINED]);
    const field = page.getByPlaceholder('Type a message');
    const mine = `${EVIL} ${fresh()}`;
    await field.fill(mine);
    await field.press('Enter');
    await expect(boxes).toHaveText([JOINED, mine]);
    await expect(field).toHaveValue('');
    await field.press('Enter'); // which sends an empty text: nobody is shown that
    const theirs = fresh();
    other.send(theirs);
    await expect(boxes).toHaveText([JOINED, mine, theirs]);
    await expect(page.locator('.Message img, .Message script')).toHaveCount(0);
  });
}

test('0.5 the page keeps up with a burst of 200', async ({ house, site, tutorial, json }) => {
  const page = await tutorial(site, `react.html?part=5&server=localhost:${house.port}/ws`);
  await expect(page.locator('.Message', but)).toHaveText([JOINED]);
  const talkers = [await json(), await json(), await json()];
  const burst = talkers.flatMap((peer) =>
    Array.from({ length: 67 }, () => {
      const text = fresh('burst');
      peer.send(text);
      return text;
    }),
  );
  await expect(page.locator('.Message', { hasText: 'burst' })).toHaveCount(burst.length);
  const shown = await page.locator('.Message', { hasText: 'burst' }).allTextContents();
  expect(shown.toSorted()).toEqual(burst.toSorted());
});

test('0.5 as in the tutorial, a frame that is no JSON would blank the page', async ({
  house,
  site,
  tutorial,
  allowed,
  text,
}) => {
  allowed.push(/is not valid JSON/);
  const server = encodeURIComponent(`localhost:${house.port}/ws?mode=text`);
  const page = await tutorial(site, `react.html?part=5&server=${server}`);
  await expect(page.locator('.App')).toBeVisible();
  const other = await text();
  const line = fresh();
  other.send(line);
  await expect(page.locator('#root')).toBeEmpty();
});

test('0.6 the echo of part 2: frames come back as they went, to their sender alone', async ({
  dial,
  json,
  house,
  site,
  tutorial,
}) => {
  const other = await json();
  const peer = await dial('/ws?mode=echo', { origin: CRA });
  expect(await peer.ask('hello')).toBe('hello');
  expect(await peer.ask('  two\nlines ')).toBe('  two\nlines ');
  await peer.ask(Buffer.from([0, 255, 7]));
  expect(peer.frames.map(({ binary }) => binary)).toEqual([false, false, true]);
  const server = encodeURIComponent(`localhost:${house.port}/ws?mode=echo`);
  const page = await tutorial(site, `hit.html?server=${server}`);
  const heard = page.waitForEvent('console', (message) => message.text() === 'heard hello');
  await page.getByRole('button').click();
  await heard;
  const last = fresh();
  other.send(last);
  await hears(other, last);
  expect(said(other)).toEqual([last]);
});
