import { expect, test } from './fixtures.js';
import { Program } from './program.js';
import { t, wordsOf } from './words.js';

/**
 * @import {Locator} from '@playwright/test'
 * @import {Guest} from './guest.js'
 */

/** A reaction under a message. @param {Guest} guest @param {string} text @param {string} emoji */
const chip = (guest, text, emoji) =>
  guest.message(text).getByRole('button', { name: new RegExp(`^${emoji} \\d`) });

/** The tools of a message under the pointer. @param {Guest} guest @param {string} text @param {string} name whose it is */
async function tools(guest, text, name) {
  await guest.message(text).hover();
  return guest.page.getByRole('toolbar', { name: t('actions.label', { name }) });
}

/** What stands with a message, once it is changed. @param {Guest} guest @param {string} text */
const editedMark = (guest, text) =>
  guest.message(text).getByText(`(${t('messages.edited')})`, { exact: true });

test('reacting, editing and deleting show at once on both sides', async ({ guest }) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  await ada.tell('Is the kettle on?');
  await expect(bob.message('Is the kettle on?')).toBeVisible();

  const bar = await tools(bob, 'Is the kettle on?', 'Ada');
  await expect(bar.getByRole('button', { name: t('actions.edit') })).toHaveCount(0);
  await expect(bar.getByRole('button', { name: t('actions.delete') })).toHaveCount(0);
  await bar.getByRole('button', { name: t('actions.react', { emoji: '👍' }) }).click();
  await expect(chip(bob, 'Is the kettle on?', '👍')).toHaveAttribute('aria-pressed', 'true');
  const seen = chip(ada, 'Is the kettle on?', '👍');
  await expect(seen).toHaveAttribute('aria-pressed', 'false');
  await expect(seen).toHaveAccessibleName(
    t('reactions.by', { emoji: '👍', count: 1, names: 'Bob' }),
  );

  await seen.click();
  await expect(chip(bob, 'Is the kettle on?', '👍')).toHaveText(/👍\s*2/);
  await seen.click();
  await expect(chip(bob, 'Is the kettle on?', '👍')).toHaveText(/👍\s*1/);
  await chip(bob, 'Is the kettle on?', '👍').click();
  await expect(seen).toHaveCount(0);

  const own = await tools(ada, 'Is the kettle on?', 'Ada');
  await own.getByRole('button', { name: t('actions.edit') }).click();
  const box = ada.page.getByRole('textbox', { name: t('composer.edit.label') });
  await expect(box).toHaveValue('Is the kettle on?');
  await box.fill('Is the kettle off?');
  await box.press('Enter');
  await expect(editedMark(bob, 'Is the kettle off?')).toBeVisible();
  await expect(bob.message('Is the kettle on?')).toHaveCount(0);

  await (
    await tools(ada, 'Is the kettle off?', 'Ada')
  )
    .getByRole('button', { name: t('actions.delete') })
    .click();
  const question = ada.dialog(t('composer.delete.title'));
  await question.getByRole('button', { name: t('actions.delete') }).click();
  for (const person of [ada, bob]) {
    await expect(person.message(t('messages.deleted'))).toBeVisible();
    await expect(person.message('Is the kettle off?')).toHaveCount(0);
  }
});

test('any emoji can be picked, by its name, in either language', async ({ guest }) => {
  const ada = await guest('Ada', { locale: 'zh-CN' });
  const bob = await guest('Bob');
  await bob.tell('Tea?');
  await ada.message('Tea?').hover();
  const zh = wordsOf('zh-CN');
  await ada.page
    .getByRole('toolbar')
    .getByRole('button', { name: zh('actions.pick') })
    .click();
  const picker = ada.page.getByRole('dialog', { name: zh('emoji.title') });
  const search = picker.getByRole('searchbox');
  await expect(search).toBeFocused();
  await search.fill('茶杯');
  await expect(picker.getByRole('gridcell').first()).toHaveText(/🍵|🫖/u);
  await ada.page.keyboard.press('Enter');
  await expect(picker).toBeHidden();
  await expect(bob.message('Tea?').getByRole('button', { name: /^(🍵|🫖)/u })).toBeVisible();
});

test('an emoji out of the list is the one of the toolbar', async ({ guest }) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  await ada.tell('Tea?');
  const bar = await tools(bob, 'Tea?', 'Ada');
  await bar.getByRole('button', { name: t('actions.react', { emoji: '👍' }) }).click();
  await expect(chip(ada, 'Tea?', '👍')).toHaveText(/👍\s*1/);
  await (await tools(ada, 'Tea?', 'Ada')).getByRole('button', { name: t('actions.pick') }).click();
  const picker = ada.page.getByRole('dialog', { name: t('emoji.title') });
  await picker.getByRole('searchbox').fill('thumbs up');
  await expect(picker.getByRole('gridcell').first()).toHaveText('👍');
  await ada.page.keyboard.press('Enter');
  for (const person of [ada, bob]) await expect(chip(person, 'Tea?', '👍')).toHaveText(/👍\s*2/);
});

test('an edit, a reaction and a deletion made offline arrive once, after a reload', async ({
  guest,
  server,
}) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  await ada.tell('one');
  await ada.tell('two');
  await bob.tell('three');
  await expect(ada.message('three')).toBeVisible();
  await ada.context.setOffline(true);

  await (
    await tools(ada, 'three', 'Bob')
  )
    .getByRole('button', { name: t('actions.react', { emoji: '👍' }) })
    .click();
  await (await tools(ada, 'one', 'Ada')).getByRole('button', { name: t('actions.edit') }).click();
  const box = ada.page.getByRole('textbox', { name: t('composer.edit.label') });
  await box.fill('one, mended');
  await box.press('Enter');
  await (await tools(ada, 'two', 'Ada')).getByRole('button', { name: t('actions.delete') }).click();
  await ada
    .dialog(t('composer.delete.title'))
    .getByRole('button', { name: t('actions.delete') })
    .click();
  await expect(ada.message('one, mended').locator('[data-state=pending]')).toHaveCount(1);
  await expect(ada.message(t('messages.deleted'))).toBeVisible();
  await expect(chip(ada, 'three', '👍')).toBeVisible();
  await expect(bob.message('one')).toBeVisible();

  await ada.context.setOffline(false);
  await ada.page.reload();
  await expect(editedMark(bob, 'one, mended')).toBeVisible();
  await expect(bob.message(t('messages.deleted'))).toBeVisible();
  await expect(chip(bob, 'three', '👍')).toHaveText(/👍\s*1/);
  await expect(ada.pending).toHaveCount(0);
  const history = await server.history();
  expect(history.map(({ body, deleted }) => (deleted ? null : body))).toEqual([
    'one, mended',
    null,
    'three',
  ]);
  expect(history[2].reactions?.['👍']).toHaveLength(1);
});

test('everything that can be done with a message, by keyboard alone', async ({ guest }) => {
  const ada = await guest('Ada');
  const { keyboard } = ada.page;
  const bob = await guest('Bob');
  await bob.tell('from Bob');
  await ada.tell('mine, first');
  await ada.tell('mine, second');
  const row = (/** @type {string} */ text) => ada.message(text);

  // Into the list, and from one message to the next.
  await ada.list.focus();
  await keyboard.press('ArrowUp');
  await expect(row('mine, second')).toBeFocused();
  await expect(row('mine, second')).toHaveAccessibleName(/^Ada, /);
  await expect(row('mine, second')).toHaveAccessibleDescription('mine, second');
  await keyboard.press('ArrowUp');
  await keyboard.press('ArrowUp');
  await expect(row('from Bob')).toBeFocused();
  await keyboard.press('ArrowDown');
  await expect(row('mine, first')).toBeFocused();
  expect(await ada.list.locator('[tabindex="0"]:is(article, [role=log])').count()).toBe(1);

  // Its tools, and back.
  await keyboard.press('Enter');
  const first = ada.page.getByRole('toolbar').getByRole('button').first();
  await expect(first).toBeFocused();
  await keyboard.press('ArrowRight');
  await expect(first).not.toBeFocused();
  await keyboard.press('Escape');
  await expect(row('mine, first')).toBeFocused();

  // React.
  await keyboard.press('r');
  const picker = ada.page.getByRole('dialog', { name: t('emoji.title') });
  await expect(picker.getByRole('searchbox')).toBeFocused();
  await keyboard.press('Escape');
  await expect(picker).toBeHidden();
  await expect(row('mine, first')).toBeFocused();
  await keyboard.press('r');
  await expect(picker.getByRole('searchbox')).toBeFocused();
  await keyboard.type('teacup');
  await expect(picker.getByRole('gridcell').first()).toHaveText('🍵');
  await keyboard.press('Enter');
  await expect(row('mine, first').getByRole('button', { name: /^🍵/ })).toBeVisible();
  await expect(row('mine, first')).toBeFocused();

  // Copy.
  await keyboard.press('c');
  await expect(ada.page.getByRole('status').filter({ hasText: t('actions.copied') })).toHaveCount(
    1,
  );
  await expect(row('mine, first')).toBeFocused();

  // Delete: asked once, given up, asked again.
  await keyboard.press('Delete');
  const question = ada.dialog(t('composer.delete.title'));
  await expect(question).toBeVisible();
  await keyboard.press('Escape');
  await expect(question).toBeHidden();
  await expect(row('mine, first')).toBeFocused();
  await keyboard.press('Delete');
  await question.getByRole('button', { name: t('actions.delete') }).focus();
  await keyboard.press('Enter');
  await expect(row(t('messages.deleted'))).toBeFocused();

  // What is of somebody else is not for changing.
  await keyboard.press('ArrowUp');
  await expect(row('from Bob')).toBeFocused();
  await keyboard.press('Delete');
  await keyboard.press('e');
  await expect(question).toBeHidden();

  // Edit, and back to the box.
  await keyboard.press('End');
  await expect(row('mine, second')).toBeFocused();
  await keyboard.press('e');
  const box = ada.page.getByRole('textbox', { name: t('composer.edit.label') });
  await expect(box).toBeFocused();
  await keyboard.type(', mended');
  await keyboard.press('Enter');
  await expect(editedMark(bob, 'mine, second, mended')).toBeVisible();
  await ada.list.focus();
  await keyboard.press('ArrowUp');
  await keyboard.press('Escape');
  await expect(ada.composer).toBeFocused();
});

test('the tools go with the pointer, and with the focus', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.tell('one');
  await ada.tell('see https://example.org/two');
  const bars = ada.page.getByRole('toolbar');

  const bar = await tools(ada, 'one', 'Ada');
  await bar.getByRole('button', { name: t('actions.react', { emoji: '👍' }) }).click();
  await expect(chip(ada, 'one', '👍')).toBeVisible();
  await ada.composer.hover();
  await expect(bars).toHaveCount(0);
  // Who goes on by keys finds the message where it was.
  await expect(ada.message('one')).toBeFocused();
  await ada.page.keyboard.press('Enter');
  await expect(bars.getByRole('button').first()).toBeFocused();
  await ada.page.keyboard.press('Escape');

  await ada.message('one').click();
  await ada.list.getByRole('link').hover();
  await expect(bars).toHaveCount(1);
  await ada.composer.focus();
  await ada.composer.hover();
  await expect(bars).toHaveCount(0);
});

test('the list is one stop for the Tab key, and the message in it another', async ({ guest }) => {
  const ada = await guest('Ada');
  for (const name of ['one', 'two', 'three']) await ada.tell(`https://example.org/${name}`);
  const { keyboard } = ada.page;
  await ada.list.focus();
  await keyboard.press('Tab');
  await expect(ada.list.locator(':focus')).toHaveCount(0);
  await ada.list.focus();
  await keyboard.press('ArrowUp');
  await keyboard.press('ArrowUp');
  await keyboard.press('Tab');
  await expect(ada.list.getByRole('link', { name: /two$/ })).toBeFocused();
});

test('a long press opens a sheet @phone', async ({ guest }) => {
  const ada = await guest('Ada');
  test.skip(!ada.phone, 'for fingers');
  const bob = await Program.enter((await guest('Bob')).page);
  const [id] = await bob.say('general', ['press me']);
  await bob.react('general', id, '🎉');
  await ada.tell('mine');

  const sheet = await press(ada, 'press me', 'Bob');
  await expect(sheet.getByRole('listitem')).toHaveText(/🎉.*Bob/);
  await expect(sheet.getByRole('button', { name: t('actions.edit') })).toHaveCount(0);
  for (const button of await sheet.getByRole('button').all()) {
    const { width, height } = /** @type {{width: number, height: number}} */ (
      await button.boundingBox()
    );
    expect(Math.min(width, height), 'a finger has room').toBeGreaterThanOrEqual(44);
  }
  await sheet.getByRole('button', { name: t('actions.react', { emoji: '👍' }) }).tap();
  await expect(sheet).toBeHidden();
  await expect(chip(ada, 'press me', '👍')).toHaveAttribute('aria-pressed', 'true');

  const own = await press(ada, 'mine', 'Ada');
  await own.getByRole('button', { name: t('actions.delete') }).tap();
  await ada
    .dialog(t('composer.delete.title'))
    .getByRole('button', { name: t('actions.delete') })
    .tap();
  await expect(ada.message(t('messages.deleted'))).toBeVisible();
});

/** Holds a finger on a message until something opens. @param {Guest} guest @param {string} text @param {string} name */
async function press(guest, text, name) {
  const { x, y } = /** @type {{x: number, y: number}} */ (
    await guest.message(text).locator('p[dir=auto]').boundingBox()
  );
  const session = await guest.context.newCDPSession(guest.page);
  const touchPoints = [{ x: x + 5, y: y + 5 }];
  await session.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
  const sheet = guest.dialog(t('actions.label', { name }));
  await expect(sheet).toBeVisible();
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await expect(sheet).toBeVisible();
  return sheet;
}
