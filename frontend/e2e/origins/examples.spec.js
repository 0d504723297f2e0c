// Our own small clients, one for each dialect: what examples/ holds works as it says.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startServer } from '../server.js';
import { expect, test } from './house.js';
import { startSite } from './site.js';
import { fresh, hears, reads, sees } from './words.js';
import { sit } from './wscat.js';

const examples = resolve(import.meta.dirname, '..', '..', '..', 'examples');
const run = promisify(execFile);

/**
 * An example in Node, which goes on until it is told to end.
 * @param {string} name @param {Record<string, string>} env @param {string[]} [words]
 */
function start(name, env, words = []) {
  const command = ['--experimental-websocket', join(examples, name), ...words];
  const child = spawn(process.execPath, command, {
    env: { ...process.env, ...env, NODE_NO_WARNINGS: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
  return {
    prints: (/** @type {string} */ text) => expect.poll(() => printed).toContain(text),
    printed: () => printed,
    async end() {
      child.kill();
      await gone;
    },
  };
}

/** @param {string} name @param {string[]} words @param {Record<string, string>} env */
const told = (name, words, env) =>
  run(process.execPath, ['--experimental-websocket', join(examples, name), ...words], {
    env: { ...process.env, ...env, NODE_NO_WARNINGS: '1' },
  });

test('the line of wscat', async ({ house, text }) => {
  const other = await text();
  const cat = await sit(['sh', join(examples, 'wscat.sh'), `ws://127.0.0.1:${house.port}`]);
  const [mine, theirs] = [fresh(), fresh()];
  cat.type(mine);
  await reads(other, mine);
  other.send(theirs);
  await cat.shows(`< ${theirs}`);
  await cat.quit();
});

test('the page of thirty lines', async ({ house, json, tutorial }) => {
  const other = await json();
  const site = await startSite({ folder: examples });
  const page = await tutorial(site, `page.html?server=localhost:${house.port}`);
  const lines = page.locator('#lines');
  await expect(lines).toContainText('New User Joined...');
  const [mine, theirs] = [`<b>${fresh()}</b>`, fresh()];
  await page.getByPlaceholder('Message').fill(mine);
  await page.keyboard.press('Enter');
  await hears(other, mine);
  other.send(theirs);
  await expect(lines).toContainText(`${mine}${theirs}`);
  await expect(page.getByPlaceholder('Message')).toHaveValue('');
  await site.stop();
});

test('the program in Go, at /websocket', async ({ program, house, dial }) => {
  const other = await dial('/websocket');
  const built = join(program, '..', 'websocket');
  await run('go', ['build', '-o', built, '.'], { cwd: join(examples, 'websocket') });
  const child = spawn(built, ['-name', 'Ada', '-server', `ws://127.0.0.1:${house.port}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
  const [mine, theirs] = [fresh(), fresh()];
  child.stdin.write(`${mine}\n`);
  await sees(other, mine);
  other.send(JSON.stringify({ username: 'bob', text: theirs }));
  await expect.poll(() => printed).toContain(`Ada: ${mine}\nbob: ${theirs}\n`);
  child.stdin.end();
  expect(await gone).toEqual([0, null]);
});

test('the to-do list in Node', async ({ house }) => {
  const env = { TEAHOUSE: house.origin };
  const item = fresh('buy milk');
  expect((await told('todo.mjs', ['add', ...item.split(' ')], env)).stdout).toContain(
    ` - ${item}\n`,
  );
  expect((await told('todo.mjs', [], env)).stdout).toContain(` - ${item}\n`);
  expect((await told('todo.mjs', ['done', item], env)).stdout).not.toContain(item);
});

test('pushes in Node, with and without a token', async ({ house, program }) => {
  const secret = 'a-token-that-nobody-guesses';
  const guarded = await startServer({ ADMIN_TOKEN: secret }, program);
  for (const [at, token] of /** @type {const} */ ([
    [house, ''],
    [guarded, secret],
  ])) {
    const env = { TEAHOUSE: at.origin, ADMIN_TOKEN: token };
    const listener = start('push.mjs', env);
    await listener.prints('listening');
    const text = fresh('你好');
    expect((await told('push.mjs', [text], env)).stdout).toBe('OK\n');
    await listener.prints(`${text}\n`);
    await listener.end();
  }
  const stranger = { TEAHOUSE: guarded.origin, ADMIN_TOKEN: 'another' };
  await expect(told('push.mjs', ['hello'], stranger)).rejects.toThrow();
  await guarded.stop();
  expect(guarded.complaints()).toEqual([]);
});

test('the bot that speaks teahouse.v1', async ({ house, json }) => {
  const other = await json();
  const bot = start('bot.mjs', { TEAHOUSE: house.origin });
  await bot.prints('listening after');
  other.send('!time');
  await other.until(
    () => other.texts.some((text) => /It is \d\d:\d\d UTC, .+\./.test(text)),
    'the time',
  );
  await bot.end();
});

test('pages and sockets on one host and port', async ({ house, dial, tutorial }) => {
  const serve = start('serve.mjs', { TEAHOUSE: house.origin }, [
    join(import.meta.dirname, 'pages'),
    '0',
  ]);
  await serve.prints('http://localhost:');
  const origin = serve.printed().trim();
  const other = await dial('/websocket');
  const page = await tutorial({ origin }, 'gochat.html');
  const text = fresh();
  await page.locator('#input-username').fill('Ada');
  await page.locator('#input-text').fill(text);
  await page.locator('#input-text').press('Enter');
  await sees(other, text);
  await expect(page.locator('#chat-text')).toContainText(`Ada: ${text}`);
  expect((await fetch(`${origin}/..%2fhouse.js`)).status).toBe(404);
  await serve.end();
});
