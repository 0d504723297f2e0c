// Origin 1: the shared to-do list.
import { CRA } from './peer.js';
import { EVIL, expect, test } from './house.js';
import { clear, fresh, items, todos } from './words.js';
import { wscat } from './wscat.js';

test.beforeEach(async ({ dial }) => {
  await clear(await dial('/todo'));
});

/** @param {string} text */
const escaped = (text) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

test('1.1 add answers the sender with the list, to the byte', async ({ dial, house }) => {
  for (const manner of [{}, { origin: house.origin }]) {
    const peer = await dial('/todo', manner);
    expect(await peer.ask('list')).toBe(todos([]));
    expect(await peer.ask('add milk')).toBe(todos(['milk']));
    expect(await peer.ask('add tea')).toBe(todos(['milk', 'tea']));
    expect(peer.frames.some(({ binary }) => binary)).toBe(false);
    // Nothing came that was no list.
    for (const text of peer.texts) expect(todos(items(text))).toBe(text);
    await clear(peer);
  }
});

test('1.1 the tutorial’s page on our own host and port', async ({ own, tutorial }) => {
  const page = await tutorial(own, 'todo.html');
  const output = page.locator('#output');
  await expect(output).toHaveText('Status: Connected\n');
  for (const command of ['add milk', 'add 茶叶']) {
    await page.locator('#input').fill(command);
    await page.getByRole('button', { name: 'Send' }).click();
    await expect(page.locator('#input')).toHaveValue('');
    await expect(output).toContainText(` - ${command.slice(4)}\n`);
  }
  const shown = `Status: Connected\n\nServer: ${todos(['milk'])}\n\nServer: ${todos(['milk', '茶叶'])}\n`;
  expect(await output.textContent()).toBe(shown);
});

test('1.1 the list in wscat', async ({ house }) => {
  const cat = await wscat(`ws://127.0.0.1:${house.port}/todo`);
  cat.type('add buy milk');
  await expect.poll(cat.lines).toEqual([todos(['buy milk'])]);
  cat.type('done buy milk');
  await expect.poll(cat.lines).toEqual([todos(['buy milk']), todos([])]);
  await cat.quit();
});

test('1.2 one list for all; done takes away; other words change nothing', async ({ dial }) => {
  const [one, two] = [await dial('/todo'), await dial('/todo')];
  await one.ask('add milk');
  await one.ask('add tea');
  expect(await two.ask('list')).toBe(todos(['milk', 'tea']));
  expect(await two.ask('done milk')).toBe(todos(['tea']));
  expect(await one.ask('anything')).toBe(todos(['tea']));
  expect(await one.ask('done nothing of the kind')).toBe(todos(['tea']));
  expect(await one.ask('DONE tea')).toBe(todos(['tea']));
});

test('1.3 equal items go together, unicode stays, and the list outlives who made it', async ({
  dial,
}) => {
  const one = await dial('/todo');
  await one.ask('add 买牛奶 🥛');
  await one.ask('add tea');
  await one.ask('add 买牛奶 🥛');
  await one.leave();
  const two = await dial('/todo');
  expect(await two.ask('list')).toBe(todos(['买牛奶 🥛', 'tea', '买牛奶 🥛']));
  expect(await two.ask('done 买牛奶 🥛')).toBe(todos(['tea']));
});

test('1.3 a stranger’s page is refused, and a GET is answered', async ({ refused, house }) => {
  expect(await refused('/todo', { origin: 'http://evil.example' })).toBe(403);
  expect((await fetch(`${house.origin}/todo`)).status).toBeLessThan(500);
});

test('1.4 blanks stay, a bare add adds nothing, and no item forges a line', async ({ dial }) => {
  const peer = await dial('/todo');
  expect(await peer.ask('add buy milk')).toBe(todos(['buy milk']));
  expect(await peer.ask('add')).toBe(todos(['buy milk']));
  expect(await peer.ask('add ')).toBe(todos(['buy milk']));
  const forged = await peer.ask('add tea\n - forged');
  expect(items(forged)).toHaveLength(2);
  expect(forged).not.toContain('\n - forged');
  expect(await peer.ask(`done ${items(forged)[1]}`)).toBe(todos(['buy milk']));
  expect(await peer.ask('done buy milk')).toBe(todos([]));
});

test('1.5 markup is escaped for a page, as it is for a program, and runs nowhere', async ({
  dial,
  house,
  own,
  site,
  tutorial,
}) => {
  const page = await tutorial(own, 'todo.html');
  const other = await tutorial(site, `todo.html?server=localhost:${house.port}`);
  const sneaky = '<img/src="x"onerror=window.ran=1>';
  for (const item of [EVIL, sneaky]) {
    await page.locator('#input').fill(`add ${item}`);
    await page.getByRole('button').click();
    await expect(page.locator('#output')).toContainText(` - ${item}\n`);
  }
  await other.locator('#input').fill('list');
  await other.getByRole('button').click();
  await expect(other.locator('#output')).toContainText(` - ${sneaky}\n`);
  for (const at of [page, other]) {
    await expect(at.locator('#output').locator('img, script')).toHaveCount(0);
  }

  const browser = await dial('/todo', { origin: CRA });
  expect(await browser.ask('list')).toBe(todos([EVIL, sneaky].map(escaped)));
  const program = await dial('/todo');
  expect(await program.ask('list')).toBe(todos([EVIL, sneaky]));
  expect(await browser.ask(`done ${EVIL}`)).toBe(todos([escaped(sneaky)]));
  expect(await program.ask(`done ${sneaky}`)).toBe(todos([]));
});

test('1.6 eight add twenty-five at once, and none is lost', async ({ dial }) => {
  const peers = await Promise.all(Array.from({ length: 8 }, () => dial('/todo')));
  const wanted = peers.flatMap((peer, at) =>
    Array.from({ length: 25 }, (_, n) => {
      peer.send(`add item ${at} ${n}`);
      return `item ${at} ${n}`;
    }),
  );
  await Promise.all(peers.map((peer) => peer.until(() => peer.frames.length >= 25, '25 answers')));
  const list = items(await peers[0].ask('list'));
  expect(list.toSorted()).toEqual(wanted.toSorted());
  for (const at of peers.keys()) {
    const of = list.filter((item) => item.startsWith(`item ${at} `));
    expect(of).toEqual(wanted.slice(at * 25, at * 25 + 25));
  }
});

test('1.6 what is huge or no UTF-8 closes its sender, and the list stands', async ({ dial }) => {
  const peer = await dial('/todo', { origin: CRA });
  const item = fresh('milk');
  expect(await peer.ask(`add ${item}`)).toBe(todos([item]));
  const huge = await dial('/todo');
  huge.send(`add ${'x'.repeat(5_000_000)}`);
  expect((await huge.closed()).code).toBe(1009);
  const broken = await dial('/todo');
  broken.sendText(Buffer.from([...Buffer.from('add '), 0xc3, 0x28]));
  expect((await broken.closed()).code).toBe(1007);
  expect(await peer.ask('list')).toBe(todos([item]));
});
