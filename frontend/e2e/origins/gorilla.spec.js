// Origin 3: wscat, gorilla's page, and text.
import { join } from 'node:path';
import { gorilla } from './gorilla.js';
import { EVIL, expect, test } from './house.js';
import { CRA } from './peer.js';
import { startSite } from './site.js';
import { bodies, fresh, hears, JOINED, LEFT, lines, reads, said, sees } from './words.js';
import { wscat } from './wscat.js';

test('3.1 two wscat: silence at first, then each line to both, and nothing else', async ({
  house,
  json,
}) => {
  const frames = await json();
  // As the tutorial has it, with http, and as one would write it.
  const one = await wscat(`http://127.0.0.1:${house.port}/ws`);
  const two = await wscat(`ws://localhost:${house.port}/ws`);
  const typed = [fresh('hello'), fresh('你好 <b>'), fresh('{"a":1}')];
  one.type(typed[0]);
  await two.shows(`< ${typed[0]}`);
  two.type(typed[1]);
  await one.shows(`< ${typed[1]}`);
  one.type(typed[2]);
  for (const cat of [one, two]) {
    await cat.shows(`< ${typed[2]}`);
    expect(cat.lines()).toEqual(typed);
  }
  await hears(frames, typed[2]);
  expect(said(frames)).toEqual(typed);
  await one.quit();
  await two.quit();
});

test('3.2 white space round a line goes, line feeds become blanks', async ({ text }) => {
  const [one, two] = [await text(), await text()];
  const last = fresh();
  one.send('  a\nb ');
  one.send(`\t${last}\r\n`);
  for (const peer of [one, two]) {
    await reads(peer, last);
    expect(lines(peer)).toEqual(['a b', last]);
  }
});

test('3.2 fifty lines in order, and one in three frames', async ({ text }) => {
  const [one, two] = [await text(), await text()];
  const all = Array.from({ length: 50 }, () => fresh());
  for (const line of all) one.send(line);
  one.sendParts(['in ', 'three ', 'parts']);
  for (const peer of [one, two]) {
    await reads(peer, 'in three parts');
    expect(lines(peer)).toEqual([...all, 'in three parts']);
  }
});

test('3.2 a ping is answered with its payload, a close with 1000', async ({ text }) => {
  const peer = await text();
  const pong = new Promise((resolve) => peer.socket.once('pong', (data) => resolve(String(data))));
  peer.socket.ping('payload');
  expect(await pong).toBe('payload');
  expect((await peer.leave(1000)).code).toBe(1000);
});

test('3.3 the page on our own host and port: lines, Enter, Send, “Connection closed.”', async ({
  own,
  tutorial,
  text,
}) => {
  const page = await tutorial(own, 'home.html');
  const other = await text();
  const log = page.locator('#log > div');
  const field = page.locator('#msg');
  const mine = [`${EVIL} ${fresh()}`, fresh()];
  await field.fill(mine[0]);
  await field.press('Enter');
  await expect(log).toHaveText([mine[0]]);
  await expect(field).toHaveValue('');
  await page.getByRole('button', { name: 'Send' }).click(); // nothing is typed: nothing is sent
  await field.fill(mine[1]);
  await page.getByRole('button', { name: 'Send' }).click();
  const theirs = fresh();
  await reads(other, mine[1]);
  other.send(theirs);
  await expect(log).toHaveText([...mine, theirs]);
  expect(lines(other)).toContain(mine[0]);
  own.cut();
  await expect(log).toHaveText([...mine, theirs, 'Connection closed.']);
});

test('3.3 gorilla’s own page, unmodified, as its module brings it', async ({
  house,
  tutorial,
  text,
}) => {
  const site = await startSite({ folder: join(await gorilla(), 'chat'), behind: house.port });
  const page = await tutorial(site, 'home.html');
  const other = await text();
  const [mine, theirs] = [`${EVIL} ${fresh()}`, fresh()];
  await page.locator('#msg').fill(mine);
  await page.locator('#msg').press('Enter');
  await reads(other, mine);
  other.send(theirs);
  await expect(page.locator('#log > div')).toHaveText([mine, theirs]);
  await site.stop();
  await expect(page.locator('#log > div')).toHaveText([mine, theirs, 'Connection closed.']);
});

test('3.4 text and json are one lobby, each in its form, and notices go to json alone', async ({
  json,
  text,
}) => {
  const [frames, raw] = [await json(), await text()];
  await (await text()).leave();
  await (await json()).leave();
  const [one, two] = [fresh('from json'), fresh('from text')];
  frames.send(one);
  await reads(raw, one);
  raw.send(two);
  await hears(frames, two);
  await reads(raw, two);
  expect(said(frames)).toEqual([one, two]);
  expect(lines(raw)).toEqual([one, two]);
  // Its own coming, and the two who came and went.
  for (const [notice, count] of /** @type {const} */ ([
    [JOINED, 3],
    [LEFT, 2],
  ])) {
    const times = () => bodies(frames).filter((body) => body === notice).length;
    await frames.until(() => times() >= count, `${count} times ${notice}`);
  }
  const last = fresh();
  frames.send(last);
  await reads(raw, last);
  expect(lines(raw)).toEqual([one, two, last]);
});

test('3.5 four thousand characters are carried, blank lines are not', async ({ text, json }) => {
  const [one, two] = [await text(), await text()];
  const other = await json();
  const long = '茶'.repeat(4000);
  for (const line of ['', '   ', '\n', long]) one.send(line);
  for (const peer of [one, two]) {
    await reads(peer, long);
    expect(peer.texts).toEqual([long]);
  }
  await hears(other, long);
});

for (const [place, manner] of /** @type {const} */ ([
  ['/ws', {}],
  ['/ws', { origin: CRA }],
  ['/websocket', {}],
])) {
  test(`3.5 what is no UTF-8 at ${place} ${JSON.stringify(manner)} closes its sender alone, with 1007`, async ({
    dial,
    text,
    json,
  }) => {
    const [raw, frames, named] = [await text(), await json(), await dial('/websocket')];
    const broken = await dial(place, manner);
    broken.sendText(Buffer.from([0x61, 0xff, 0x62]));
    expect((await broken.closed()).code).toBe(1007);
    const line = fresh();
    raw.send(line);
    await Promise.all([reads(raw, line), hears(frames, line), sees(named, line)]);
    expect(lines(raw)).toEqual([line]);
  });
}

test('3.5 one who stalls holds up nobody', async ({ text }) => {
  const stalled = await text();
  stalled.stall();
  const [one, two] = [await text(), await text()];
  const long = Array.from({ length: 90 }, () => `${fresh()} ${'长'.repeat(10_000)}`);
  for (const line of long) one.send(line);
  await reads(two, long[89]);
  expect(lines(two)).toEqual(long);
});
