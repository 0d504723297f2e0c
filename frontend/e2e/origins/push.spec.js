// Origin 4 and gorilla's echo example: mirror and push.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { gorilla } from './gorilla.js';
import { CRA, IDE } from './peer.js';
import { EVIL, expect, test } from './house.js';
import { fresh, hears, PODS, said } from './words.js';
import { wscat } from './wscat.js';

/** @import {Server} from '../server.js' */
/** @import {Peer} from './peer.js' */

/** @param {Server} house @param {string} [text] @param {RequestInit} [options] */
async function push(house, text, options) {
  const query = text === undefined ? '' : `?${new URLSearchParams({ msg: text })}`;
  const answer = await fetch(`${house.origin}/sendall${query}`, options);
  return { status: answer.status, body: await answer.text() };
}

const OK = { status: 200, body: 'OK' };

/** @param {Peer} peer @param {string} text */
const gets = (peer, text) => peer.until(() => peer.texts.includes(text), JSON.stringify(text));

test('4.1 what is pushed reaches every client of /echo, decoded and in order', async ({
  dial,
  house,
}) => {
  const peers = [
    await dial('/echo', { origin: IDE }),
    await dial('/echo', { origin: CRA }),
    await dial('/echo'),
  ];
  for (const peer of peers) peer.send('i am user-a');
  const texts = ['abc', '你好 a+b=100%', 'x y', '茶\nTee', fresh()];
  for (const text of texts) expect(await push(house, text)).toEqual(OK);
  for (const peer of peers) {
    await gets(peer, texts[4]);
    expect(peer.texts.filter((text) => text !== 'i am user-a')).toEqual(texts);
    expect(peer.texts.filter((text) => text === 'i am user-a')).toHaveLength(1);
  }
  const { headers } = await fetch(`${house.origin}/sendall?msg=last`);
  expect(headers.get('content-type')).toMatch(/^text\/plain/);
});

test('4.1 the page of chapters 2 and 3, and the push typed into the address bar', async ({
  house,
  site,
  tutorial,
}) => {
  const page = await tutorial(site, `push.html?server=localhost:${house.port}`);
  const lines = page.locator('#message p');
  await expect(lines).toHaveText(['服务端消息:i am user-a']);
  const bar = await tutorial(site, `http://localhost:${house.port}/sendall?msg=abc`);
  await expect(bar.locator('body')).toHaveText('OK');
  await expect(lines).toHaveText(['服务端消息:i am user-a', '服务端消息:abc']);
  await expect(page.locator('b')).toHaveCount(0);
});

test('4.2 without a text the sample table is pushed, and the page shows it', async ({
  dial,
  house,
  site,
  tutorial,
  allowed,
}) => {
  // The mirrored `test abc` is no table: that page says so in its console.
  allowed.push(/"?test abc"? is not valid JSON/);
  const peer = await dial('/echo', { origin: IDE });
  const page = await tutorial(site, `pods.html?server=localhost:${house.port}`);
  await page.getByRole('button').click();
  await expect
    .poll(async () => {
      expect(await push(house)).toEqual(OK);
      return page.locator('tbody tr').count();
    })
    .toBe(3);
  const cells = await page.locator('tbody td').allTextContents();
  expect(cells).toEqual(PODS.flatMap((pod) => Object.values(pod)));
  await peer.count(1);
  expect(JSON.parse(peer.texts[0])).toEqual(PODS);
});

test('4.3 each frame comes back to its sender alone, kind kept, long or in parts', async ({
  dial,
}) => {
  const [peer, other] = [await dial('/echo'), await dial('/echo')];
  const long = 'x'.repeat(32 * 1024);
  for (const text of ['hello', '  你好\n', '', long]) expect(await peer.ask(text)).toBe(text);
  const bytes = Buffer.from([0, 1, 254, 255]);
  peer.send(bytes);
  peer.sendParts(['a ', 'b ', 'c']);
  await peer.count(6);
  expect(peer.frames[4].binary).toBe(true);
  expect(peer.frames[5]).toEqual({ text: 'a b c', binary: false });
  const mine = fresh();
  expect(await other.ask(mine)).toBe(mine);
  expect(other.texts).toEqual([mine]);
  expect((await peer.leave(1000)).code).toBe(1000);
});

test('4.3 the page of gorilla’s echo example', async ({ house, own, site, tutorial }) => {
  for (const [from, path] of /** @type {const} */ ([
    [own, 'echo.html'],
    [site, `echo.html?server=localhost:${house.port}`],
  ])) {
    const page = await tutorial(from, path);
    const lines = page.locator('#output div');
    await page.getByRole('button', { name: 'Open' }).click();
    await expect(lines).toHaveText(['OPEN']);
    await page.locator('#input').fill('<b>你好</b>');
    await page.getByRole('button', { name: 'Send' }).click();
    await expect(lines).toHaveText(['OPEN', 'SEND: <b>你好</b>', 'RESPONSE: <b>你好</b>']);
    await page.getByRole('button', { name: 'Close' }).click();
    await expect(lines.last()).toHaveText('CLOSE');
    await expect(lines).toHaveCount(4);
  }
});

test('4.3 gorilla’s own client in Go, unmodified, which sends the time each second', async ({
  program,
  house,
}) => {
  const built = join(program, '..', 'echo-client');
  const source = join('examples', 'echo', 'client.go');
  await promisify(execFile)('go', ['build', '-o', built, source], {
    cwd: join(await gorilla(), '..'),
  });
  const child = spawn(built, ['-addr', `localhost:${house.port}`]);
  const gone = once(child, 'exit');
  let printed = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (printed += text));
  await expect.poll(() => printed.match(/^recv: \d{4}-/gm)?.length).toBe(2);
  child.kill('SIGINT');
  expect(await gone).toEqual([0, null]);
  expect(printed).toContain('read: websocket: close 1000 (normal)');
});

test('4.3 the mirror in wscat, and what is pushed', async ({ house }) => {
  const cat = await wscat(`ws://127.0.0.1:${house.port}/echo`);
  cat.type('  你好 ');
  await expect.poll(cat.lines).toEqual(['  你好 ']);
  expect(await push(house, 'abc')).toEqual(OK);
  await expect.poll(cat.lines).toEqual(['  你好 ', 'abc']);
  await cat.quit();
});

test('4.4 nobody at /echo hears what was not asked for; hello comes by its mode', async ({
  dial,
}) => {
  const quiet = await dial('/echo', { origin: IDE });
  const hello = await dial('/echo?mode=hello', { origin: IDE });
  await hello.count(1);
  const first = Date.now();
  await hello.count(3); // four seconds, in which the other hears nothing
  expect(hello.texts).toEqual(['hello', 'hello', 'hello']);
  expect(Date.now() - first).toBeGreaterThan(3_500);
  expect(await quiet.ask('mine')).toBe('mine');
  expect(quiet.texts).toEqual(['mine']);
});

test('4.5 a page without an origin, in a sandbox or from a file, may use /echo', async ({
  dial,
  refused,
  house,
  site,
  tutorial,
}) => {
  const sandbox = await tutorial(site, `frame.html?server=localhost:${house.port}`);
  const inside = sandbox.frameLocator('iframe').locator('#message p');
  await expect(inside).toHaveText(['服务端消息:i am user-a']);
  const file = pathToFileURL(join(import.meta.dirname, 'pages', 'push.html'));
  const page = await tutorial(site, `${file}#server=localhost:${house.port}`);
  const lines = page.locator('#message p');
  await expect(lines).toHaveText(['服务端消息:i am user-a']);
  const text = fresh();
  expect(await push(house, text)).toEqual(OK);
  for (const at of [inside, lines]) await expect(at.last()).toHaveText(`服务端消息:${text}`);

  const peer = await dial('/echo', { origin: 'null' });
  expect(await peer.ask('x')).toBe('x');
  const host = { host: `teahouse.example:${house.port}` };
  expect(await refused('/echo', { origin: 'null', headers: host })).toBeGreaterThan(400);
});

test('4.6 three hundred pushes at once: each reaches each once', async ({ dial, house }) => {
  const peers = [await dial('/echo', { origin: IDE }), await dial('/echo')];
  const texts = Array.from({ length: 300 }, () => fresh('push'));
  const answers = await Promise.all(texts.map((text) => push(house, text)));
  expect(answers).toEqual(texts.map(() => OK));
  for (const peer of peers) {
    await peer.count(300);
    expect(peer.texts.toSorted()).toEqual(texts.toSorted());
  }
});

test('4.6 long pushes, more than one who stalls can take, hold up nobody', async ({
  dial,
  house,
}) => {
  const peer = await dial('/echo', { origin: IDE });
  const stalled = await dial('/echo', { origin: IDE });
  stalled.stall();
  const texts = Array.from({ length: 250 }, () => `${fresh()} ${'长'.repeat(10_000)}`);
  for (const msg of texts) {
    const body = JSON.stringify({ msg });
    const headers = { 'content-type': 'application/json' };
    expect(await push(house, undefined, { method: 'POST', headers, body })).toEqual(OK);
  }
  await peer.count(texts.length);
  expect(peer.texts).toEqual(texts);
});

test('4.6 another site’s page cannot push', async ({ house, site, tutorial, dial }) => {
  const peer = await dial('/echo', { origin: IDE });
  const page = await tutorial(site, 'echo.html');
  // localhost and 127.0.0.1 are two sites; this is what an <img> of any page could do.
  await page.evaluate(
    (address) => fetch(address, { mode: 'no-cors' }).catch(() => {}),
    `${house.origin}/sendall?msg=forged`,
  );
  for (const [name, value] of [
    ['sec-fetch-site', 'cross-site'],
    ['origin', 'http://evil.example'],
  ]) {
    expect((await push(house, 'forged', { headers: { [name]: value } })).status).toBe(403);
  }
  const last = fresh();
  expect(await push(house, last)).toEqual(OK);
  await gets(peer, last);
  expect(peer.texts).toEqual([last]);
});

test('4.6 pushed markup is escaped for pages; what is no UTF-8 is refused', async ({
  dial,
  house,
  site,
  tutorial,
}) => {
  const page = await tutorial(site, `push.html?server=localhost:${house.port}`);
  await expect(page.locator('#message p')).toHaveCount(1);
  const [browser, program] = [await dial('/echo', { origin: IDE }), await dial('/echo')];
  expect(await push(house, `${EVIL} & so`)).toEqual(OK);
  await gets(program, `${EVIL} & so`);
  const escaped = EVIL.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  await gets(browser, `${escaped} &amp; so`);
  await expect(page.locator('#message p').last()).toHaveText(`服务端消息:${EVIL} & so`);
  await expect(page.locator('#message').locator('img, script')).toHaveCount(0);

  expect((await fetch(`${house.origin}/sendall?msg=%ff%fe`)).status).toBe(400);
  const broken = await dial('/echo');
  broken.sendText(Buffer.from([0x61, 0xff]));
  expect((await broken.closed()).code).toBe(1007);
  expect(await program.ask('still here')).toBe('still here');
});

test('4.6 pushes are not said in the lobby, nor is the lobby pushed', async ({
  dial,
  house,
  json,
}) => {
  const [frames, peer] = [await json(), await dial('/echo')];
  const pushed = fresh('pushed');
  expect(await push(house, pushed)).toEqual(OK);
  const line = fresh();
  frames.send(line);
  await hears(frames, line);
  await gets(peer, pushed);
  expect(said(frames)).toEqual([line]);
  expect(await peer.ask('x')).toBe('x');
  expect(peer.texts).toEqual([pushed, 'x']);
});
