import { expect, test } from './fixtures.js';
import { t, wordsOf } from './words.js';

/** @import {Guest} from './guest.js' */

/** @param {Guest} guest */
async function settings(guest) {
  await guest.pick(t('me.settings'));
  const dialog = guest.dialog(t('settings.title'));
  await expect(dialog).toBeVisible();
  return dialog;
}

test('another name: everybody sees it, with what was said before as it was', async ({ guest }) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  await ada.tell('said as Ada');
  const dialog = await settings(ada);
  await dialog.getByLabel(t('welcome.name')).fill('Bob');
  await dialog.getByRole('button', { name: t('rename.submit') }).click();
  await expect(dialog.getByText(t('rename.taken', { name: 'Bob' }))).toBeVisible();
  await dialog.getByLabel(t('welcome.name')).fill('Ada Lovelace');
  await dialog.getByRole('button', { name: t('rename.submit') }).click();
  await expect(dialog.getByText(t('rename.done', { name: 'Ada Lovelace' }))).toBeVisible();
  await ada.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  if (ada.phone) await ada.go('General');

  await ada.tell('said as Ada Lovelace');
  const author = (/** @type {string} */ text, /** @type {string} */ name) =>
    expect(bob.message(text)).toHaveAccessibleName(new RegExp(`^${name},`));
  await author('said as Ada Lovelace', 'Ada Lovelace');
  await author('said as Ada', 'Ada');
  await ada.page.reload();
  await expect(ada.heading).toBeVisible();
  await ada.seeRooms();
  await expect(ada.sidebar.getByRole('button', { name: /Ada Lovelace/ })).toBeVisible();
});

test('a name needs a connection, and says so', async ({ guest, server }) => {
  const ada = await guest('Ada');
  const dialog = await settings(ada);
  await server.kill();
  await dialog.getByLabel(t('welcome.name')).fill('Ada Lovelace');
  await dialog.getByRole('button', { name: t('rename.submit') }).click();
  await expect(dialog.getByText(t('rename.offline'))).toBeVisible();
  await expect(dialog.getByLabel(t('welcome.name'))).toHaveValue('Ada Lovelace');
  await server.start();
});

test('density changes rows and avatars, nothing else, and is remembered @phone', async ({
  guest,
}) => {
  const ada = await guest('Ada');
  for (const text of ['one', 'two', 'three']) await ada.tell(text);
  const measure = () =>
    ada.list.evaluate((list) => {
      const [head, next] = list.querySelectorAll('article');
      const body = /** @type {Element} */ (next.querySelector('[dir=auto]'));
      return {
        row: next.getBoundingClientRect().height,
        avatar: head.querySelector('[aria-hidden] span, span[aria-hidden]')?.clientWidth,
        letters: getComputedStyle(body).fontSize,
      };
    });
  const comfortable = await measure();
  const dialog = await settings(ada);
  await dialog.getByText(t('settings.density.compact'), { exact: true }).click();
  await ada.page.reload();
  await expect(ada.heading).toBeVisible();
  if (ada.phone) await ada.go('General');
  await expect(ada.message('three')).toBeVisible();
  const compact = await measure();
  expect(compact.row).toBeLessThan(comfortable.row);
  expect(compact.letters).toBe(comfortable.letters);
});

test('every part is a labelled group, live at once, in both languages @phone', async ({
  guest,
}) => {
  const zh = wordsOf('zh-CN');
  const ada = await guest('Ada');
  const dialog = await settings(ada);
  for (const group of /** @type {const} */ ([
    'settings.theme',
    'settings.density',
    'settings.language',
  ])) {
    await expect(dialog.getByRole('group', { name: t(group) })).toBeVisible();
  }
  await dialog.getByText('简体中文', { exact: true }).click();
  const chinese = ada.dialog(zh('settings.title'));
  await expect(chinese.getByRole('group', { name: zh('settings.density') })).toBeVisible();
  await expect(chinese.getByLabel(zh('welcome.name'))).toHaveValue('Ada');
});

test('the sheet of keys and the page about the house are a step away @phone', async ({ guest }) => {
  const ada = await guest('Ada');
  let dialog = await settings(ada);
  await dialog.getByRole('button', { name: t('keys.title') }).click();
  const keys = ada.dialog(t('keys.title'));
  await expect(keys.getByText(t('keys.break'))).toBeVisible();
  await ada.page.keyboard.press('Escape');
  await expect(keys).toBeHidden();

  dialog = await settings(ada);
  await dialog.getByRole('link', { name: t('about.title') }).click();
  await expect(ada.page).toHaveURL(/\/about$/);
  await expect(ada.page.getByText(t('about.ready'))).toBeVisible();
  await ada.page.getByRole('button', { name: t('action.back') }).click();
  await expect(ada.page).not.toHaveURL(/about/);
});

test('the page about the house tells version and health to anybody', async ({ device, server }) => {
  const page = await (await device()).newPage();
  await page.goto('/about');
  await expect(page.getByRole('heading', { level: 1, name: t('app.name') })).toBeVisible();
  await expect(page.getByText(t('about.ready'))).toBeVisible();
  const { version } = await (await page.request.get('/api/about')).json();
  await expect(page.getByText(version, { exact: true })).toBeVisible();
  expect((await page.request.get('/licenses.md')).status()).toBe(200);

  await server.kill();
  await page.getByRole('button', { name: t('about.again') }).click();
  await expect(page.getByText(t('about.silent'))).toBeVisible();
  await expect(page.getByText(version, { exact: true })).toBeVisible();
  await server.start();
  await page.getByRole('button', { name: t('about.again') }).click();
  await expect(page.getByText(t('about.ready'))).toBeVisible();
});

test('in forced colours the focus, the choice and what is unread still show', async ({ guest }) => {
  const ada = await guest('Ada', { forcedColors: 'active' });
  await ada.createRoom('Tea');
  const bob = await guest('Bob');
  await bob.tell('something new');
  await expect.poll(() => ada.unread('General')).toBe(1);
  /** @param {import('@playwright/test').Locator} locator */
  const outlined = (locator) =>
    locator.evaluate((element) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      return outlineStyle !== 'none' && outlineWidth !== '0px';
    });
  await expect(ada.composer).toBeFocused();
  const box = ada.composer.locator('xpath=ancestor::form/div');
  expect(await outlined(box), 'where one writes').toBe(true);
  expect(await outlined(ada.link('Tea')), 'the room one is in').toBe(true);
  const count = ada.link('General').getByText('1', { exact: true });
  expect(await count.evaluate((badge) => getComputedStyle(badge).borderTopWidth)).toBe('1px');

  await ada.page.keyboard.press('Control+k');
  const dialog = ada.dialog(t('jump.title'));
  await expect(dialog.getByRole('option', { selected: true })).toBeVisible();
  expect(await outlined(dialog.getByRole('option', { selected: true })), 'the choice').toBe(true);
});
