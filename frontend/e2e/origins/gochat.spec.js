// Origin 2: names and texts, history on entry, what was once kept in Redis.
import { startServer } from '../server.js';
import { CRA, dial as dialAt } from './peer.js';
import { EVIL, expect, test } from './house.js';
import { fresh, hears, reads, sees, talk } from './words.js';
import { wscat } from './wscat.js';

/** @import {Page} from '@playwright/test' */
/** @import {Peer} from './peer.js' */

/** @param {Peer} peer @param {string} username @param {string} text */
const say = (peer, username, text) => peer.send(JSON.stringify({ username, text }));

/** What a client was shown of these texts, in order. @param {Peer} peer @param {string[]} texts */
const shown = (peer, texts) =>
  talk(peer)
    .map(({ text }) => text)
    .filter((text) => texts.includes(text));

/** @param {Page} page @param {string} name @param {string} text */
async function write(page, name, text) {
  await page.locator('#input-username').fill(name);
  await page.locator('#input-text').fill(text);
  await page.locator('#input-text').press('Enter');
}

test('2.1 a name and a text reach all, sender included, one object to a frame', async ({
  dial,
  house,
}) => {
  const peers = [
    await dial('/websocket'),
    await dial('/websocket', { origin: CRA }),
    await dial('/websocket', { origin: house.origin }),
  ];
  const text = fresh('你好 "so"');
  peers[0].send(JSON.stringify({ username: 'bob', text, colour: 'red', nested: { a: [1] } }));
  for (const peer of peers) {
    await sees(peer, text);
    expect(talk(peer).filter((said) => said.text === text)).toEqual([{ username: 'bob', text }]);
    expect(peer.frames.some(({ binary }) => binary)).toBe(false);
  }
});

test('2.1 the tutorial’s page, on our own host and port and on another', async ({
  own,
  site,
  house,
  tutorial,
}) => {
  const one = await tutorial(own, 'gochat.html');
  const two = await tutorial(site, `gochat.html?server=localhost:${house.port}`);
  const text = fresh();
  await write(one, 'Ada', text);
  for (const page of [one, two]) {
    const line = page.locator('#chat-text p', { hasText: text });
    await expect(line).toHaveText(`Ada: ${text}`);
    await expect(line.locator('strong')).toHaveText('Ada');
  }
  await expect(one.locator('#input-text')).toHaveValue('');
  await expect(one.locator('#input-username')).toHaveValue('Ada');
});

test('2.1 names and texts in wscat', async ({ house, dial }) => {
  const other = await dial('/websocket');
  const cat = await wscat(`ws://127.0.0.1:${house.port}/websocket`);
  const said = { username: 'bob', text: fresh('你好') };
  cat.type(JSON.stringify(said));
  await expect.poll(() => cat.lines().map((line) => JSON.parse(line))).toContainEqual(said);
  await sees(other, said.text);
  await cat.quit();
});

test('2.2 who comes later gets what was said, oldest first, then what is being said', async ({
  dial,
  json,
}) => {
  const one = await dial('/websocket');
  const texts = Array.from({ length: 20 }, () => fresh());
  for (const text of texts.slice(0, 15)) say(one, 'bob', text);
  await sees(one, texts[14]);
  const two = await dial('/websocket');
  await (await json()).leave(); // comings and goings are not shown here
  for (const text of texts.slice(15)) say(one, 'bob', text);
  await sees(two, texts[19]);
  expect(shown(two, texts)).toEqual(texts);
  for (const said of talk(two)) expect(Object.keys(said).toSorted()).toEqual(['text', 'username']);
});

for (const nonsense of ['not json', '[1]', '7', '{"username":1,"text":"x"}', 'null']) {
  test(`2.3 ${nonsense} costs its sender the connection at most`, async ({ dial }) => {
    const [one, two] = [await dial('/websocket'), await dial('/websocket')];
    one.send(nonsense);
    const end = await one.closed();
    expect(end.code).toBe(1007);
    expect(end.reason).not.toBe('');
    const text = fresh();
    say(two, 'ann', text);
    await sees(two, text);
  });
}

test('2.4 the history is there after a stop and a start, and after a kill', async ({ program }) => {
  const house = await startServer({}, program);
  const address = `ws://127.0.0.1:${house.port}/websocket`;
  /** @type {string[]} */
  const texts = [];
  for (const end of [house.pause, house.kill]) {
    const one = await dialAt(address);
    const text = fresh();
    texts.push(text);
    say(one, 'bob', text);
    await sees(one, text);
    expect(await end()).not.toBe(66); // the detector's own status
    await house.start();
    const two = await dialAt(address);
    await sees(two, text);
    expect(talk(two)).toEqual(texts.map((said) => ({ username: 'bob', text: said })));
    await two.leave();
  }
  await house.stop();
  expect(house.complaints()).toEqual([]);
});

test('2.5 one lobby: named messages at /ws, and nameless ones here', async ({
  dial,
  json,
  text,
}) => {
  const [named, frames, raw] = [await dial('/websocket'), await json(), await text()];
  const first = fresh();
  say(named, 'bob', first);
  await hears(frames, `bob: ${first}`);
  await reads(raw, `bob: ${first}`);
  const second = fresh();
  raw.send(second);
  await sees(named, second);
  const said = talk(named).find(({ text }) => text === second);
  expect(said?.username).not.toBe('');
  const third = fresh();
  say(named, '', third);
  await hears(frames, third);
});

test('2.6 markup in names and texts is escaped for pages, and runs nowhere', async ({
  dial,
  own,
  tutorial,
}) => {
  const [program, browser] = [await dial('/websocket'), await dial('/websocket', { origin: CRA })];
  const page = await tutorial(own, 'gochat.html');
  const mark = fresh();
  const text = `${EVIL} & "quoted" 'so' ${mark}`;
  await write(page, '<b>Eve</b>', text);
  const line = page.locator('#chat-text p', { hasText: mark });
  await expect(line).toHaveText(`<b>Eve</b>: ${text}`);
  await expect(page.locator('#chat-text').locator('img, script, b')).toHaveCount(0);

  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  await sees(program, text);
  await sees(browser, escaped);
  expect(talk(program).find((said) => said.text === text)?.username).toBe('<b>Eve</b>');
  expect(talk(browser).find((said) => said.text === escaped)?.username).toBe(
    '&lt;b&gt;Eve&lt;/b&gt;',
  );
});

test('2.7 who joins in the middle of talk gets each message once, in order', async ({ dial }) => {
  const talkers = [await dial('/websocket'), await dial('/websocket')];
  const texts = Array.from({ length: 80 }, () => fresh());
  const late = [];
  for (const [at, text] of texts.entries()) {
    say(talkers[at % 2], `talker ${at % 2}`, text);
    if (at % 10 === 5) late.push(dial('/websocket'));
  }
  const joined = await Promise.all(late);
  const last = fresh('last');
  await Promise.all(
    talkers.map((peer) => peer.until(() => shown(peer, texts).length === 80, '80')),
  );
  say(talkers[0], 'bob', last);
  const order = shown(talkers[0], texts);
  for (const peer of [...joined, ...talkers]) {
    await sees(peer, last);
    expect(shown(peer, texts)).toEqual(order);
  }
});

test('2.7 two hundred and forty come and go, and the house stands', async ({ dial }) => {
  const stays = await dial('/websocket');
  for (let n = 0; n < 240; n += 16) {
    const group = await Promise.all(Array.from({ length: 16 }, () => dial('/websocket')));
    await Promise.all(group.map((peer, at) => (at % 2 ? peer.leave() : peer.reset())));
  }
  const text = fresh();
  say(stays, 'bob', text);
  await sees(stays, text);
});

test('2.7 empty texts are dropped, and a GET without an upgrade is refused', async ({
  dial,
  house,
}) => {
  const peer = await dial('/websocket');
  for (const text of ['', '  ', '\n']) say(peer, 'bob', text);
  say(peer, 'bob', fresh());
  const last = fresh();
  say(peer, 'bob', last);
  await sees(peer, last);
  expect(talk(peer).filter(({ text }) => text.trim() === '')).toEqual([]);
  const { status } = await fetch(`${house.origin}/websocket`);
  expect(Math.trunc(status / 100)).toBe(4);
});

test('2.7 of a long history the newest five hundred are shown', async ({ dial }) => {
  const talkers = await Promise.all(Array.from({ length: 6 }, () => dial('/websocket')));
  /** @type {string[]} */
  const texts = [];
  for (const [at, peer] of talkers.entries()) {
    for (let n = 0; n < 90; n += 1) {
      texts.push(fresh());
      say(peer, `talker ${at}`, texts[texts.length - 1]);
    }
  }
  await talkers[0].until(() => shown(talkers[0], texts).length === texts.length, 'all of it');
  const order = shown(talkers[0], texts);
  const late = await dial('/websocket');
  const last = fresh('last');
  say(talkers[0], 'bob', last);
  await sees(late, last);
  expect(talk(late).map(({ text }) => text)).toEqual([...order.slice(-500), last]);
});
