import { expect, test } from './fixtures.js';
import { fixedWords, t, wordsOf } from './words.js';

/** @import {Guest} from './guest.js' */
/** @import {Locale} from '../src/i18n/translate.js' */

/** Opens the quick jump as this screen offers it. @param {Guest} guest */
async function open(guest) {
  if (guest.phone) {
    await guest.seeRooms();
    await guest.sidebar.getByRole('button', { name: t('jump.title') }).click();
  } else {
    await guest.page.keyboard.press('Control+k');
  }
  const dialog = guest.dialog(t('jump.title'));
  const field = dialog.getByRole('combobox');
  await expect(field).toBeFocused();
  return { dialog, field };
}

test('a room is found by some of its letters, wherever one is @phone', async ({ guest }) => {
  const bob = await guest('Bob');
  await bob.createRoom('Green tea', 'sencha and gyokuro');
  await bob.createRoom('功夫茶');
  const ada = await guest('Ada');
  const { dialog, field } = await open(ada);
  const options = dialog.getByRole('option');
  await expect(options).toHaveCount(3);
  await field.pressSequentially('gt');
  await expect(options.first()).toHaveAccessibleName(/Green tea.*sencha/);
  await field.fill('功');
  await expect(options).toHaveCount(2);
  await field.press('Enter');
  await expect(ada.heading).toHaveText('功夫茶');
  await expect(dialog).toBeHidden();
  await expect(ada.page).toHaveURL(/\/rooms\//);
  await expect(ada.page.getByRole('button', { name: t('room.join') })).toBeVisible();
});

test('where one was last stands first, and what is unread is marked', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.createRoom('Alpha');
  await ada.createRoom('Beta');
  await ada.createRoom('Gamma');
  await ada.go('Alpha');
  await ada.go('General');
  const bob = await guest('Bob', { path: '/rooms/beta' });
  await bob.page.getByRole('button', { name: t('room.join') }).click();
  await bob.tell('something new');
  await expect.poll(() => ada.unread('Beta')).toBe(1);

  const { dialog } = await open(ada);
  const names = dialog.getByRole('option');
  await expect(names.nth(0)).toHaveAccessibleName(/^Alpha/);
  await expect(names.nth(1)).toHaveAccessibleName(/^Gamma/);
  await expect(names.nth(2)).toHaveAccessibleName(
    new RegExp(`^Beta.*${t('jump.unread', { count: 1 })}`),
  );
  await expect(names.nth(3)).toHaveAccessibleName(new RegExp(`^General.*${t('jump.here')}`));
  await ada.page.keyboard.press('Enter');
  await expect(ada.heading).toHaveText('Alpha');
  await expect(ada.composer).toBeFocused();
});

test('what fits nothing is offered as a new room @phone', async ({ guest }) => {
  const ada = await guest('Ada');
  const { dialog, field } = await open(ada);
  await field.fill('Crumpets');
  await expect(dialog.getByRole('option')).toHaveText([t('jump.create', { name: 'Crumpets' })]);
  await field.press('Enter');
  const create = ada.dialog(t('create.title'));
  await expect(create.getByLabel(t('create.name'))).toHaveValue('Crumpets');
  await create.getByRole('button', { name: t('create.submit') }).click();
  await expect(ada.heading).toHaveText('Crumpets');
});

test('Escape closes it, and the focus goes back', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.write('half a thought');
  const { dialog } = await open(ada);
  await ada.page.keyboard.type('gen');
  await ada.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(ada.composer).toBeFocused();
  await expect(ada.composer).toHaveValue('half a thought');
});

test('offline one’s own rooms are there, the others once the connection is', async ({
  guest,
  server,
}) => {
  const bob = await guest('Bob');
  await bob.createRoom('Biscuits');
  const ada = await guest('Ada');
  await ada.createRoom('Tea');
  const ready = ada.page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => /QuickJump/.test(name)),
  );
  await ready; // its code is on this device
  await server.kill();
  const { dialog } = await open(ada);
  await expect(dialog.getByText(t('jump.offline'))).toBeVisible();
  await expect(dialog.getByRole('option')).toHaveCount(2);
  await server.start();
  await expect(dialog.getByRole('option', { name: /Biscuits/ })).toBeVisible();
  await expect(dialog.getByText(t('jump.offline'))).toBeHidden();
});

test('a list that cannot be loaded says so, and can be asked for again', async ({
  guest,
  problems,
}) => {
  problems.allow(/status of 503/);
  const ada = await guest('Ada');
  await ada.page.route('**/api/rooms', (route) => route.fulfill({ status: 503, body: '' }));
  const { dialog } = await open(ada);
  await expect(dialog.getByText(t('jump.failed'))).toBeVisible();
  await expect(dialog.getByRole('option')).toHaveCount(1);
  await ada.page.unroute('**/api/rooms');
  await dialog.getByRole('button', { name: t('action.retry') }).click();
  await expect(dialog.getByText(t('jump.failed'))).toBeHidden();
});

for (const locale of /** @type {Locale[]} */ (['en', 'zh-CN'])) {
  const t = wordsOf(locale);

  test(`what is found is announced, ${locale}`, async ({ guest }) => {
    const ada = await guest('Ada', { locale });
    await ada.page.keyboard.press('Control+k');
    const dialog = ada.dialog(t('jump.title'));
    await expect(dialog.getByRole('combobox', { name: t('jump.label') })).toBeFocused();
    await ada.page.keyboard.type('gen');
    await expect(dialog.getByRole('status')).toHaveText(t('browse.count', { count: 1 }));
    await ada.page.keyboard.type('zzz');
    await expect(dialog.getByRole('status')).toHaveText(fixedWords('jump.none', locale));
    const active = await dialog.getByRole('combobox').getAttribute('aria-activedescendant');
    await expect(ada.page.locator(`[id="${active}"]`)).toHaveText(
      t('jump.create', { name: 'genzzz' }),
    );
  });
}
