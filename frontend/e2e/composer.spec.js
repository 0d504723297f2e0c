import { draftsOnDisk } from './device.js';
import { expect, test } from './fixtures.js';
import { t, wordsOf } from './words.js';

/** @import {Locale} from '../src/i18n/translate.js' */
/** @import {Guest} from './guest.js' */

/** The box while one's message stands in it. @param {Guest} guest */
const editor = (guest) => guest.page.getByRole('textbox', { name: t('composer.edit.label') });

test('a message is changed where it was written, and the earlier draft comes back', async ({
  guest,
  server,
}) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  await ada.tell('helo');
  await ada.composer.press('ArrowUp');
  await expect(ada.page.getByText(t('composer.editing'))).toBeVisible();
  await expect(editor(ada)).toHaveValue('helo');
  await editor(ada).fill('hello');
  await editor(ada).press('Enter');
  await bob.sees(['hello']);
  await ada.sees(['hello']);
  await expect(bob.list.getByText(t('messages.edited'))).toBeVisible();

  await ada.write('half a thought');
  await ada.message('hello').hover();
  await ada.page
    .getByRole('button', { name: t('actions.edit') })
    .first()
    .click();
  await expect(editor(ada)).toBeFocused();
  await editor(ada).press('Escape');
  await expect(ada.composer).toHaveValue('half a thought');
  await expect(ada.composer).toBeFocused();
  expect(await server.bodies()).toEqual(['hello']);
});

test('what was begun is gone on with at its end', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.write('half a');
  await expect.poll(() => draftsOnDisk(ada.page)).toBe(1);
  await ada.page.reload();
  await expect(ada.composer).toBeFocused();
  await ada.page.keyboard.type(' thought');
  await expect(ada.composer).toHaveValue('half a thought');
});

test('what one changes is still being changed after a reload', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.tell('one');
  await ada.composer.press('ArrowUp');
  await editor(ada).fill('one and a half');
  await ada.page.reload();
  await expect(editor(ada)).toHaveValue('one and a half');
  await editor(ada).press('Enter');
  await ada.sees(['one and a half']);
  await expect(ada.composer).toHaveValue('');
});

test('offline a message is changed all the same, and it arrives once', async ({
  guest,
  server,
}) => {
  const ada = await guest('Ada');
  await ada.tell('before');
  await server.kill();
  await ada.composer.press('ArrowUp');
  await editor(ada).fill('after');
  await editor(ada).press('Enter');
  await expect(ada.message('after')).toBeVisible();
  await server.start();
  await expect.poll(() => server.bodies()).toEqual(['after']);
});

test('an emptied message is deleted, but not unasked @phone', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.tell('oh no');
  await ada.composer.press('ArrowUp');
  await editor(ada).fill('');
  await ada.page.getByRole('button', { name: t('action.save') }).click();
  const dialog = ada.dialog(t('composer.delete.title'));
  await dialog.getByRole('button', { name: t('action.cancel') }).click();
  await expect(dialog).toBeHidden();
  await expect(editor(ada)).toBeVisible();
  await ada.page.getByRole('button', { name: t('action.save') }).click();
  await dialog.getByRole('button', { name: t('messages.delete') }).click();
  await expect(ada.list.getByText(t('messages.deleted'))).toBeVisible();
  await expect(ada.composer).toHaveValue('');
});

test('an emoji goes in where the caret is @phone', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.write('tea  time');
  await ada.composer.evaluate((box) =>
    /** @type {HTMLTextAreaElement} */ (box).setSelectionRange(4, 4),
  );
  await ada.page.getByRole('button', { name: t('composer.emoji') }).click();
  const picker = ada.dialog(t('emoji.title'));
  await picker.getByRole('searchbox').fill('teacup');
  await picker.getByRole('gridcell', { name: /teacup/i }).click();
  await expect(picker).toBeHidden();
  await expect(ada.composer).toHaveValue('tea 🍵 time');
  if (!ada.phone) await expect(ada.composer).toBeFocused();
});

test('the box grows with its text up to a limit, then scrolls @phone', async ({ guest }) => {
  const ada = await guest('Ada');
  const height = async () => (await ada.composer.boundingBox())?.height ?? 0;
  const line = await height();
  await ada.write('one\ntwo\nthree');
  expect(await height()).toBeGreaterThan(line + 30);
  await ada.write(Array.from({ length: 60 }, (_, at) => `line ${at}`).join('\n'));
  const limit = await height();
  expect(limit).toBeLessThan((ada.page.viewportSize()?.height ?? 0) * 0.5);
  await expect(ada.page.getByRole('button', { name: t('composer.send') })).toBeInViewport();
  await ada.write('');
  expect(await height()).toBe(line);
});

test('Escape goes to the newest and marks it read', async ({ guest }) => {
  const ada = await guest('Ada');
  for (let at = 0; at < 30; at += 1) await ada.say(`line ${at}\nof two`);
  await ada.list.hover();
  await ada.page.mouse.wheel(0, -2_000);
  await expect(ada.latest).toBeVisible();
  await ada.composer.focus();
  await ada.page.keyboard.press('Escape');
  await expect(ada.latest).toBeHidden();
  await expect.poll(() => ada.belowTheEnd()).toBeLessThan(2);
});

for (const locale of /** @type {Locale[]} */ (['en', 'zh-CN'])) {
  const words = wordsOf(locale);

  test(`the box says in words what it is for, ${locale}`, async ({ guest }) => {
    const ada = await guest('Ada', { locale });
    const box = ada.page.getByRole('textbox', {
      name: words('composer.label', { room: 'General' }),
    });
    await box.fill('hi');
    await box.press('Enter');
    await expect(ada.message('hi')).toBeVisible();
    await expect(ada.pending).toHaveCount(0);
    await box.press('ArrowUp');
    await expect(
      ada.page.getByRole('textbox', { name: words('composer.edit.label') }),
    ).toBeFocused();
    await expect(ada.page.getByText(words('composer.editing'))).toBeVisible();
    await ada.page.getByRole('button', { name: words('composer.cancel') }).click();
    await expect(box).toBeFocused();
  });
}
