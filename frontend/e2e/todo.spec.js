import { expect, test } from './fixtures.js';
import { t } from './words.js';
import { voice } from './voices.js';
import { readable, settled } from './worker.js';

/** @import {Guest} from './guest.js' */

/** The list of the room, as somebody has it open. @param {Guest} guest */
function listOf({ page }) {
  const panel = page.getByRole('complementary', { name: t('todo.title') });
  const field = panel.getByRole('textbox', { name: t('todo.add.label') });
  return {
    panel,
    field,
    opener: page.getByRole('button', { name: t('todo.title') }),
    pending: panel.locator('[data-state=pending]'),
    /** @param {string} name */
    item: (name) => panel.getByRole('checkbox', { name, exact: true }),
    /** @param {string} name */
    undo: (name) => panel.getByRole('button', { name: t('todo.undo.of', { item: name }) }),
    async open() {
      await this.opener.click();
      await expect(panel).toBeVisible();
    },
    /** @param {string} text */
    async add(text) {
      await field.fill(text);
      await field.press('Enter');
      await expect(this.item(text)).toBeVisible();
    },
  };
}

/** @param {string} origin @param {string} [room] @returns {Promise<string[]>} what the server has */
async function open(origin, room = 'general') {
  const answer = await fetch(`${origin}/api/rooms/${room}/todos`);
  return (await answer.json()).items.map((/** @type {{body: string}} */ { body }) => body);
}

test('two people have one list, live, and nothing moves under the finger @phone', async ({
  server,
  guest,
}) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  const [hers, his] = [listOf(ada), listOf(bob)];
  await hers.open();
  await his.open();
  await expect(hers.panel.getByText(t('todo.empty.title'))).toBeVisible();
  for (const item of ['buy milk', 'buy tea', '<b>wash</b> the cups']) await hers.add(item);
  await expect(hers.field).toHaveValue('');
  for (const item of ['buy milk', 'buy tea', '<b>wash</b> the cups'])
    await expect(his.item(item)).not.toBeChecked();

  await his.item('buy milk').click();
  await expect(hers.item('buy milk')).toBeChecked();
  await expect(his.item('buy milk')).toBeChecked();
  await expect(his.panel.getByText('buy milk', { exact: true })).toHaveCSS(
    'text-decoration-line',
    'line-through',
  );
  await expect.poll(() => open(server.origin)).toEqual(['buy tea', '<b>wash</b> the cups']);
  await hers.undo('buy milk').click();
  await expect(his.item('buy milk')).not.toBeChecked();
  await expect(hers.item('buy milk')).toBeFocused();
  await expect
    .poll(() => open(server.origin))
    .toEqual(['buy milk', 'buy tea', '<b>wash</b> the cups']);

  await his.item('buy tea').click();
  await expect(his.pending).toHaveCount(0);
  await bob.page.keyboard.press('Escape');
  await expect(his.panel).toBeHidden();
  await expect(his.opener).toHaveAccessibleName(t('room.todo.count', { count: 2 }));
  await his.open();
  await expect(his.item('buy tea'), 'what was done is gone with the panel').toHaveCount(0);
  await expect(his.item('buy milk')).toBeVisible();
});

test('what is done offline goes out once @phone', async ({ server, device, guest }) => {
  const ada = await guest('Ada');
  const bob = await voice(await device(), 'Bob');
  await bob.todo('general', 'buy milk');
  const list = listOf(ada);
  await list.open();
  await expect(list.item('buy milk')).toBeVisible();
  await settled(ada.page);
  await readable(ada.page, '"todos":{');
  await server.kill();
  await list.add('buy tea');
  await list.item('buy milk').click();
  await expect(list.item('buy milk')).toBeChecked();
  await expect(list.pending).toHaveCount(2);
  await ada.page.reload();
  if (!ada.phone) await list.open();
  await expect(list.item('buy milk')).toBeChecked();
  await expect(list.item('buy tea')).toBeVisible();
  await server.start();
  await expect(async () => {
    await ada.hurry();
    await expect(list.pending).toHaveCount(0, { timeout: 500 });
  }).toPass();
  await expect.poll(() => open(server.origin)).toEqual(['buy tea']);
  const answer = await fetch(`${server.origin}/api/rooms/general/events?limit=200`);
  const { events } = await answer.json();
  expect(
    events.map((/** @type {any} */ { kind, on, body }) => [kind, on, body]),
    'each once',
  ).toEqual([
    ['todo', true, 'buy milk'],
    ['todo', true, 'buy tea'],
    ['todo', false, 'buy milk'],
  ]);
});

test('a list that does not come says so, and comes when it is asked for again', async ({
  device,
  guest,
}) => {
  const ada = await guest('Ada');
  const bob = await voice(await device(), 'Bob');
  await bob.todo('general', 'buy milk');
  await ada.page.route('**/todos', (route) => route.abort());
  const list = listOf(ada);
  await list.open();
  await expect(list.panel.getByText(t('todo.error.title'))).toBeVisible();
  await ada.page.unroute('**/todos');
  await list.panel.getByRole('button', { name: t('action.retry') }).click();
  await expect(list.item('buy milk')).toBeVisible();
});

test('what the server refuses says why, and can be given up', async ({ server, guest }) => {
  const ada = await guest('Ada');
  const list = listOf(ada);
  await list.open();
  await list.add('buy milk');
  await expect(list.pending).toHaveCount(0);
  await server.kill();
  await list.item('buy milk').click();
  await ada.composer.fill('/todo done buy milk');
  await ada.composer.press('Enter');
  await server.start();
  const told = ada.list.getByRole('alert');
  await expect(async () => {
    await ada.hurry();
    await expect(told).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(told).toContainText(t('todo.failed.not_found'));
  await told.getByRole('button', { name: t('messages.discard') }).click();
  await expect(told).toHaveCount(0);
  await expect(list.item('buy milk')).toBeChecked();
  await expect.poll(() => open(server.origin)).toEqual([]);
});

test('it is all done by keys, and the focus is never lost', async ({ guest }) => {
  const ada = await guest('Ada');
  const { page } = ada;
  const { keyboard } = page;
  const list = listOf(ada);
  await ada.composer.fill('/todo');
  await keyboard.press('Enter');
  await expect(list.panel.getByRole('heading', { name: t('todo.title') })).toBeFocused();
  await expect(ada.composer).toHaveValue('');
  await list.field.focus();
  for (const item of ['one', 'two']) {
    await keyboard.type(item);
    await keyboard.press('Enter');
    await expect(list.item(item)).toBeVisible();
    await expect(list.field).toBeFocused();
  }
  await list.panel.getByRole('button', { name: t('action.close') }).focus();
  await keyboard.press('Tab');
  await expect(list.item('one')).toBeFocused();
  await keyboard.press('Space');
  await expect(list.item('one')).toBeChecked();
  await expect(list.item('one')).toBeFocused();
  await keyboard.press('Tab');
  await expect(list.undo('one')).toBeFocused();
  await keyboard.press('Enter');
  await expect(list.item('one')).not.toBeChecked();
  await expect(list.item('one')).toBeFocused();
  await expect(list.panel.getByRole('status')).toHaveText(t('todo.said.back', { item: 'one' }));
  await keyboard.press('Escape');
  await expect(list.panel).toBeHidden();
  await expect(ada.composer).toBeFocused();
});

test('an input method ends its words with Enter and adds nothing by it', async ({ guest }) => {
  const ada = await guest('Ada');
  const list = listOf(ada);
  await list.open();
  await list.field.focus();
  const input = await ada.context.newCDPSession(ada.page);
  await input.send('Input.imeSetComposition', { text: 'niu', selectionStart: 3, selectionEnd: 3 });
  await list.field.dispatchEvent('keydown', { key: 'Enter', keyCode: 229, isComposing: true });
  await input.send('Input.insertText', { text: '牛奶' });
  await expect(list.field).toHaveValue('牛奶');
  await expect(list.panel.getByRole('checkbox')).toHaveCount(0);
  await list.field.press('Enter');
  await expect(list.item('牛奶')).toBeVisible();
});

test.describe('commands', () => {
  test('add and check off from any room’s box, and are told in the room @phone', async ({
    server,
    guest,
  }) => {
    const ada = await guest('Ada');
    await ada.createRoom('Tea');
    await ada.write('/todo add  buy   milk');
    await expect(ada.page.getByText(t('composer.hint.todo'))).toBeVisible();
    await ada.composer.press('Enter');
    await expect(ada.composer).toHaveValue('');
    await expect(ada.list.getByText(/Ada added to the list: buy milk/)).toBeVisible();
    await expect(
      ada.page.getByRole('button', { name: t('todo.title'), exact: true }),
    ).toBeVisible();
    await expect.poll(() => open(server.origin, 'tea')).toEqual(['buy milk']);
    await expect.poll(() => open(server.origin)).toEqual([]);
    await ada.write('/todo done buy milk');
    await ada.composer.press('Enter');
    await expect(ada.list.getByText(/Ada checked off: buy milk/)).toBeVisible();
    await expect.poll(() => open(server.origin, 'tea')).toEqual([]);
    expect(await server.bodies('tea')).toEqual([]);
  });

  test('that are wrong explain themselves, and the text stays', async ({ guest }) => {
    const ada = await guest('Ada');
    const list = listOf(ada);
    await list.open();
    await expect(list.panel.getByText(t('todo.empty.title'))).toBeVisible();
    for (const [text, why] of /** @type {const} */ ([
      ['/todo buy milk', 'todo.wrong.word'],
      ['/todo add', 'todo.wrong.add'],
      ['/todo done nothing of the sort', 'todo.wrong.none'],
    ])) {
      await ada.write(text);
      await ada.composer.press('Enter');
      await expect(ada.page.getByText(t(why))).toBeVisible();
      await expect(ada.composer).toHaveValue(text);
    }
  });

  test('are said with two strokes', async ({ server, guest }) => {
    const ada = await guest('Ada');
    await ada.write('//todo add is how it is done');
    await ada.composer.press('Enter');
    await ada.sees(['/todo add is how it is done']);
    await expect.poll(() => server.bodies()).toEqual(['/todo add is how it is done']);
    await expect.poll(() => open(server.origin)).toEqual([]);
  });
});

test('a change of the list is neither unread nor a reason to disturb anybody', async ({
  device,
  guest,
}) => {
  const ada = await guest('Ada');
  await ada.createRoom('Tea');
  const bob = await voice(await device(), 'Bob');
  await bob.todo('general', 'buy milk');
  await bob.say('general', 'and now a word');
  await expect.poll(() => ada.unread('General')).toBe(1);
  await ada.go('General');
  await expect(ada.list.getByText(/Bob added to the list: buy milk/)).toBeVisible();
});
