import { Bench } from './bench.js';
import { expect, test } from './fixtures.js';
import { sayAll } from './network.js';
import { t, testerWords } from './words.js';

/** @import {BrowserContext} from '@playwright/test' */

const say = testerWords();
const RULE = '-'.repeat(40);
const PODS = [
  ['pod-101', 'nginx:1.18', 'node1'],
  ['pod-76xs', 'alpine:3.12', 'node2'],
  ['pod-F#ff3', 'tomcat:8', 'node3'],
];

/** The tester on one device, before anybody has come in. @param {BrowserContext} device */
async function benchOn(device) {
  const bench = new Bench(await device.newPage());
  await bench.visit();
  return bench;
}

test('it opens to anybody from the page about the house, and leads back @phone', async ({
  device,
}) => {
  const page = await (await device()).newPage();
  await page.goto('/about');
  await page.getByRole('link', { name: t('about.tester') }).click();
  await expect(page).toHaveURL(/\/tester$/);
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toBeFocused();
  await expect(heading).toHaveText(say('tester.title'));
  await page.getByRole('button', { name: say('tester.back') }).click();
  await expect(page).toHaveURL(/\/about$/);
  await page.goto('/tester');
  await page.getByRole('button', { name: say('tester.back') }).click();
  await expect(page.getByRole('heading', { name: t('welcome.title') })).toBeVisible();
});

test('teahouse.v1 is spoken by frames that are ready to be sent @phone', async ({ device }) => {
  const tester = await benchOn(await device());
  await tester.open('/ws', 'teahouse.v1');
  await expect(tester.state).toContainText(say('tester.protocol', { name: 'teahouse.v1' }));
  await expect(tester.lines('open')).toContainText(/OPEN:\s*ws:.*\/ws \(teahouse\.v1\)/);
  await expect(tester.lines('received', '"op":"hello"')).toHaveCount(1);
  for (const op of ['join', 'send', 'ping']) {
    await tester.frames.getByRole('button', { name: op, exact: true }).click();
    await expect(tester.box).toBeFocused();
    await tester.box.press('Enter');
    await expect(tester.lines('sent', `"op":"${op}"`)).toHaveCount(1);
  }
  await expect(tester.lines('received', '"op":"ok"')).toHaveCount(3);
  await expect(tester.lines('received', '"kind":"message"')).toContainText('"body":"hello"');
  await tester.page.getByRole('switch', { name: say('tester.pretty') }).click();
  await expect(tester.lines('received', '"op": "hello"').locator('pre')).toHaveText(
    /^\{\n {2}"op": "hello",\n/,
  );
  // The last one comes back to be changed; Shift and Enter break its line.
  await tester.box.press('ArrowUp');
  await expect(tester.box).toHaveValue(/"op":"ping"/);
  await tester.box.press('Shift+Enter');
  await expect(tester.box).toHaveValue(/\n/);
  await tester.close();
  await expect(tester.lines('closed')).toHaveText(/CLOSE:\s*1000$/);
});

test('what is echoed is shown as it is: markup as text, bytes as digits', async ({ device }) => {
  const tester = await benchOn(await device());
  await tester.open('/ws', 'echo');
  const markup = '<img src=x onerror="document.title=1"><b>bold</b> & 茶';
  await tester.send(markup);
  await tester.hears([markup]);
  await tester.send('  two\nlines');
  await tester.hears([markup, '  two\nlines']);
  await expect(tester.log.locator('img, b')).toHaveCount(0);
  await expect(tester.lines('received').first()).toContainText(
    say('tester.bytes', { count: new TextEncoder().encode(markup).length }),
  );
  await tester.page.getByRole('switch', { name: say('tester.hex') }).click();
  await tester.box.fill('0g');
  await expect(tester.frames.getByText(say('tester.unhex'))).toBeVisible();
  await tester.box.press('Enter');
  await expect(tester.lines('sent')).toHaveCount(2);
  await tester.send('00 ff 10');
  await tester.hears([markup, '  two\nlines', '00 ff 10']);
  await expect(tester.lines('received').last()).toContainText(say('tester.binary'));

  await tester.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await tester.frames.getByRole('button', { name: say('tester.copy') }).click();
  const copied = await tester.page.evaluate(() => navigator.clipboard.readText());
  expect(
    copied
      .replace(/^[\d:.]+ /gm, '')
      .split('\n')
      .slice(1),
  ).toEqual([
    `SEND: ${markup}`,
    `RESPONSE: ${markup}`,
    'SEND:   two',
    'lines',
    'RESPONSE:   two',
    'lines',
    'SEND: 00 ff 10',
    'RESPONSE: 00 ff 10',
  ]);
  await tester.frames.getByRole('button', { name: say('tester.clear') }).click();
  await expect(tester.log).toHaveText(say('tester.empty'));
});

test('lines and objects go between the dialects of one room', async ({ device }) => {
  const context = await device();
  const lines = await benchOn(context);
  await lines.choose('/ws', 'text');
  await lines.connection.getByLabel(say('tester.name')).fill('Ada');
  await lines.open('/ws', 'text');
  await expect(lines.lines('open')).toContainText('/ws?mode=text&room=general&name=Ada');
  const objects = await benchOn(context);
  await objects.open('/ws', 'json');
  await objects.hears(['{"type":1,"body":"New User Joined..."}']);
  await lines.send('  hello there ');
  await lines.hears(['Ada: hello there']);
  await expect.poll(() => objects.received()).toContain('{"type":1,"body":"Ada: hello there"}');
  await lines.close();
  await expect.poll(() => objects.received()).toContain('{"type":1,"body":"User Disconnected..."}');
  // Without a wish the server sees that this is a page of its own.
  await lines.open('/ws', say('tester.auto'));
  await objects.send('a line');
  await expect.poll(async () => (await lines.received()).at(-1)).toBe('a line');
});

test('the list is written by fields or by hand @phone', async ({ device }) => {
  const tester = await benchOn(await device());
  await tester.open('/todo');
  const item = tester.frames.getByRole('textbox', { name: say('tester.item') });
  const button = (/** @type {'tester.done' | 'tester.list'} */ word) =>
    tester.frames.getByRole('button', { name: say(word), exact: true });
  await item.fill('buy milk');
  await item.press('Enter');
  await expect(item).toHaveValue('');
  await item.fill('steep tea');
  await tester.frames.getByRole('button', { name: say('tester.add') }).click();
  await button('tester.list').click();
  await item.fill('buy milk');
  await button('tester.done').click();
  await expect(tester.lines('received')).toHaveCount(4);
  await tester.frames.getByRole('radio', { name: say('tester.raw') }).check();
  await tester.send('done steep tea');
  const list = (/** @type {string[]} */ items) =>
    `Current Todos: \n${items.map((one) => `\n - ${one}\n`).join('')}\n${RULE}`;
  await tester.hears([
    list(['buy milk']),
    list(['buy milk', 'steep tea']),
    list(['buy milk', 'steep tea']),
    list(['steep tea']),
    list([]),
  ]);
});

test('names and texts of /websocket: what was said comes first', async ({ device }) => {
  const context = await device();
  const tester = await benchOn(context);
  await tester.open('/websocket');
  const name = tester.frames.getByRole('textbox', { name: say('tester.username') });
  const text = tester.frames.getByRole('textbox', { name: say('tester.said') });
  await name.fill('bob');
  await text.fill('hi');
  // The Enter that ends a composition picks a word.
  await text.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
  await expect(text).toHaveValue('hi');
  await text.press('Enter');
  await expect(text).toHaveValue('');
  await expect(name).toHaveValue('bob');
  const read = async () => (await tester.received()).map((one) => JSON.parse(one));
  await expect.poll(read).toEqual([{ username: 'bob', text: 'hi' }]);
  await tester.close();
  await tester.frames.getByRole('button', { name: say('tester.clear') }).click();
  await tester.open('/websocket');
  await expect.poll(read).toEqual([{ username: 'bob', text: 'hi' }]);
  await tester.frames.getByRole('radio', { name: say('tester.raw') }).check();
  await tester.send('no json');
  await tester.stands('tester.state.closed');
  await expect(tester.lines('closed').last()).toHaveText(/CLOSE:\s*1007/);
});

test('a push reaches all who are at /echo: text, a table, the sample @phone', async ({
  device,
}) => {
  const context = await device();
  const hello = await benchOn(context);
  await hello.open('/echo', say('tester.hello'));
  await expect(hello.lines('received', 'hello')).not.toHaveCount(0);
  const tester = await benchOn(context);
  await tester.open('/echo', say('tester.mirror'));
  await tester.send('mine');
  await tester.hears(['mine']);

  await tester.push('push.words', '');
  await expect(tester.said).toHaveText(say('push.empty'));
  await tester.push('push.words', 'tea is ready');
  await tester.pushed();
  await expect(tester.console.locator('textarea')).toHaveValue('');
  await tester.hears(['mine', 'tea is ready']);
  await expect(hello.lines('received', 'tea is ready')).toHaveCount(1);

  await tester.push('push.table', '{"no":"rows"}');
  await expect(tester.said).toHaveText(say('push.broken'));
  await tester.push('push.table', '[{"tea":"green","cups":2}]');
  await tester.pushed();
  await tester.hears(['mine', 'tea is ready', '[{"tea":"green","cups":2}]']);

  await tester.push('push.sample');
  await expect(tester.lines('received')).toHaveCount(4);
  await tester.page.getByRole('switch', { name: say('tester.pretty') }).click();
  const rows = tester.lines('received').last().getByRole('row');
  await expect(rows).toHaveCount(PODS.length + 1);
  for (const [nth, cells] of PODS.entries())
    await expect(rows.nth(nth + 1).getByRole('cell')).toHaveText(cells);
});

test.describe('where the server has a token', () => {
  test.use({ settings: { ADMIN_TOKEN: 'a-secret-of-the-house' } });

  test('a push needs it, and it is kept nowhere', async ({ device }) => {
    const tester = await benchOn(await device());
    await tester.open('/echo');
    const token = tester.console.getByLabel(say('push.token'));
    await tester.push('push.words', 'tea');
    await expect(tester.said).toHaveText(say('push.unauthenticated'));
    await token.fill('wrong');
    await tester.push('push.words', 'tea');
    await expect(tester.said).toHaveText(say('push.unauthenticated'));
    await token.fill('密'); // no header can carry it
    await tester.push('push.words', 'tea');
    await expect(tester.said).toHaveText(say('push.unauthenticated'));
    await expect(tester.lines('received')).toHaveCount(0);
    await token.fill('a-secret-of-the-house');
    await tester.push('push.words', 'tea');
    await tester.pushed();
    await tester.hears(['tea']);
    await tester.page.reload();
    await expect(token).toHaveValue('');
    const kept = await tester.page.evaluate(() => JSON.stringify({ ...localStorage }));
    expect(kept).not.toContain('a-secret');
  });
});

test('what the server says to a push is said in words', async ({ device, server, problems }) => {
  problems.allow(/status of (400|429)/);
  const tester = await benchOn(await device());
  await tester.push('push.words', 'x'.repeat(40_000));
  await expect(tester.said).toHaveText(say('push.invalid'));
  for (const [status, code, word] of /** @type {const} */ ([
    [403, 'forbidden', 'push.forbidden'],
    [429, 'rate_limited', 'push.rate_limited'],
  ])) {
    await tester.page.route('**/sendall', (route) =>
      route.fulfill({ status, json: { error: { code, detail: 'no' } } }),
    );
    await tester.push('push.words', 'tea');
    await expect(tester.said).toHaveText(say(word));
  }
  await tester.page.unroute('**/sendall');
  await server.kill();
  await tester.push('push.words', 'tea');
  await expect(tester.said).toHaveText(say('push.offline'));
  await expect(tester.console.locator('textarea')).toHaveValue('tea');
});

test('how it ended is told, and why it may not open', async ({ device, server }) => {
  const context = await device();
  const tester = await benchOn(context);
  await tester.choose('/ws', 'text');
  await tester.connection.getByLabel(say('tester.room')).fill('nowhere');
  await tester.opener.click();
  await tester.stands('tester.state.failed');
  await expect(tester.state).toContainText(say('tester.failed.up'));

  await tester.connection.getByLabel(say('tester.room')).fill('general');
  await tester.open('/ws', 'text');
  await tester.page.getByRole('switch', { name: say('tester.hex') }).click();
  await tester.send('00');
  await tester.stands('tester.state.closed');
  await expect(tester.state).toContainText('1003');
  await tester.page.getByRole('switch', { name: say('tester.hex') }).click();

  await tester.open('/ws', 'text');
  await tester.send('x'.repeat(40_000));
  await tester.stands('tester.state.closed');
  await expect(tester.lines('closed').last()).toHaveText(/CLOSE:\s*1009/);

  await tester.open('/ws', 'text');
  await server.kill();
  await expect(tester.state).toContainText(
    say('tester.ended', { code: 1006, meaning: say('tester.code.1006') }),
  );
  await tester.opener.click();
  await tester.stands('tester.state.failed');
  await expect(tester.state).toContainText(say('tester.failed.down'));

  await context.setOffline(true);
  await expect(tester.state).toContainText(say('tester.offline'));
  await context.setOffline(false);
  await expect(tester.state).not.toContainText(say('tester.offline'));
  await server.start();
  await tester.open('/ws', 'text');
});

test('by keys alone, and nothing goes where nothing is open', async ({ device }) => {
  const tester = await benchOn(await device());
  const { page, box } = tester;
  await box.fill('too early');
  await box.press('Enter');
  await expect(box).toHaveValue('too early');
  await expect(tester.lines('sent')).toHaveCount(0);
  await tester.choose('/echo');
  const path = tester.connection.getByRole('radio', { name: '/echo' });
  await path.focus();
  await page.keyboard.press('ArrowRight'); // round to the first
  await expect(tester.connection.getByRole('radio', { name: '/ws' })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowLeft');
  const dialect = tester.connection.getByRole('radio', { name: 'echo', exact: true });
  await expect(dialect).toBeFocused();
  await expect(dialect).toBeChecked();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(tester.opener).toBeFocused();
  await page.keyboard.press('Enter');
  await tester.stands('tester.state.open');
  await expect(tester.opener).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(tester.lines('open')).toHaveCount(1);
  await box.focus();
  await page.keyboard.type('with keys');
  await box.dispatchEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true });
  await expect(box).toHaveValue('with keys');
  await page.keyboard.press('Enter');
  await tester.hears(['with keys']);
  await tester.log.focus();
  await expect(tester.log).toBeFocused();
});

test.describe('many frames', () => {
  test.use({ settings: { RATE_LIMITS: 'off' } });

  test('a thousand at once are all there, and who reads is left alone @phone', async ({
    device,
    guest,
  }) => {
    const tester = await benchOn(await device());
    const { page, log } = tester;
    await tester.open('/ws', 'text');
    const ada = await guest('Ada');
    await page.bringToFront();
    const bodies = Array.from({ length: 1_000 }, (_, nth) => `line ${nth}`);
    const saying = sayAll(ada.page, 'general', bodies);
    await tester.box.fill('typed meanwhile');
    await expect(tester.box).toHaveValue('typed meanwhile');
    await saying;
    await tester.hears(bodies.map((body) => `Ada: ${body}`));

    const below = () => log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
    await expect.poll(below).toBeLessThan(2);
    await log.evaluate((box) => box.scrollTo(0, 0));
    const newest = page.getByRole('button', { name: say('tester.newest') });
    await expect(newest).toBeVisible();
    await tester.send('one more');
    await expect(tester.lines('sent')).toHaveCount(1);
    expect(await log.evaluate((box) => box.scrollTop)).toBe(0);
    await newest.click();
    await expect.poll(below).toBeLessThan(2);
    await expect(newest).toBeHidden();
  });

  test('a thousand at once leave the page free to answer @alone', async ({ device, guest }) => {
    const tester = await benchOn(await device());
    const { page } = tester;
    await tester.open('/ws', 'text');
    const ada = await guest('Ada');
    await page.bringToFront();
    await page.evaluate(() => {
      const seen = { longest: 0 };
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries())
          seen.longest = Math.max(seen.longest, duration);
      }).observe({ type: 'longtask' });
      Object.assign(window, { seen });
    });
    const bodies = Array.from({ length: 1_000 }, (_, nth) => `line ${nth}`);
    await sayAll(ada.page, 'general', bodies);
    await expect(tester.lines('received')).toHaveCount(bodies.length);
    const { longest } = await page.evaluate(() => /** @type {any} */ (window).seen);
    expect(longest, 'the longest that nothing else could be done').toBeLessThan(1_000);
  });
});
