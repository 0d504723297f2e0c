import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from './fixtures.js';
import { fixedWords, wordsOf } from './words.js';

/**
 * @import {Page} from '@playwright/test'
 * @import {Locale} from '../src/i18n/translate.js'
 */

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Every view in light and dark: axe finds nothing, and nothing sticks out sideways. @param {Page} page @param {string} view */
async function inspect(page, view) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page })
      .withTags(rules)
      .setLegacyMode() // there are no frames to go into, and it takes half the time
      .analyze();
    const found = violations.map(({ id, help, nodes }) => ({
      rule: id,
      help,
      where: nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`),
    }));
    expect.soft(found, `${view}, ${colorScheme}`).toEqual([]);
  }
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect.soft(wide, `${view}: no scrolling sideways`).toBe(0);
}

for (const locale of /** @type {Locale[]} */ (['en', 'zh-CN'])) {
  const t = wordsOf(locale);

  test(`views without a session have no barriers, ${locale} @phone`, async ({ device, server }) => {
    const page = await (await device({ locale })).newPage();
    await page.goto('/');
    await expect(page.getByRole('heading', { name: t('welcome.title') })).toBeVisible();
    await inspect(page, 'name entry');
    await page.getByRole('button', { name: t('welcome.enter') }).click();
    await expect(page.getByText(t('welcome.invalid'))).toBeVisible();
    await inspect(page, 'name entry, refused');

    await page.route(`${server.origin}/api/session`, (route) => route.abort());
    await page.reload();
    await expect(page.getByRole('heading', { name: t('unreachable.title') })).toBeVisible();
    await inspect(page, 'nobody answers');
  });

  test(`views of a room have no barriers, ${locale} @phone`, async ({ server, guest }) => {
    const ada = await guest('Ada', { locale });
    const { page } = ada;
    const room = { room: 'General' };
    const composer = page.getByRole('textbox', { name: t('composer.label', room) });
    await expect(page.getByText(t('messages.empty'))).toBeVisible();
    await inspect(page, 'empty room');

    const bob = await guest('Bob');
    await bob.tell('A message of somebody else, with https://example.org/ in it');
    await composer.fill('One of one’s own');
    await composer.press('Enter');
    await expect(ada.message('One of one’s own')).toBeVisible();
    const cleo = await guest('Cleo');
    await cleo.composer.pressSequentially('I');
    await expect(page.getByText(t('typing.one', { name: 'Cleo' }))).toBeVisible();
    await inspect(page, 'room');

    await page.getByRole('button', { name: t('room.people', { count: 3 }) }).click();
    const panel = page.getByRole('complementary', { name: t('people.title') });
    await expect(panel.getByRole('listitem')).toHaveCount(3);
    await inspect(page, 'people');
    await panel.getByRole('button', { name: t('action.close') }).click();

    await server.kill();
    await composer.fill('not yet sent '.repeat(10));
    await composer.press('Enter');
    await expect(page.getByRole('status').filter({ hasText: /\S/ })).toBeVisible();
    await inspect(page, 'no connection');
    await server.start({ LIMIT_BODY: '100' });
    await expect(ada.failed).toBeVisible();
    await composer.fill('too much '.repeat(20));
    await expect(page.getByText(t('composer.over', { count: 80 }))).toBeVisible();
    await inspect(page, 'failed message, too long a text');
    await ada.context.setOffline(true);
    await expect(page.getByText(fixedWords('banner.offline', locale))).toBeVisible();
    await inspect(page, 'offline');
  });

  test(`views around rooms have no barriers, ${locale} @phone`, async ({ guest, problems }) => {
    const bob = await guest('Bob');
    await bob.createRoom('Tea', 'What goes with what');
    await bob.tell('Come in');
    const ada = await guest('Ada', { locale, path: '/rooms/tea' });
    const { page } = ada;
    await expect(page.getByRole('button', { name: t('room.join') })).toBeVisible();
    await expect(ada.message('Come in')).toBeVisible();
    await inspect(page, 'preview');
    await page.getByRole('button', { name: t('room.join') }).click();
    await page.getByRole('button', { name: t('room.menu') }).click();
    await inspect(page, 'room options');
    await page.getByRole('menuitem').click();
    await expect(ada.dialog(t('room.leave.title', { room: 'Tea' }))).toBeVisible();
    await inspect(page, 'leaving a room');

    await ada.visit('/rooms/nowhere');
    await expect(page.getByRole('heading', { name: t('room.missing.title') })).toBeVisible();
    await inspect(page, 'no such room');

    await ada.visit(ada.phone ? '/' : '/rooms/general');
    await bob.tell('Unread');
    await expect(
      page.getByRole('link', { name: t('rooms.unread', { room: 'Tea', count: 1 }) }),
    ).toBeVisible();
    await inspect(page, 'list of rooms');
    await page
      .getByRole('button', { name: t('rooms.create') })
      .first()
      .click();
    await expect(ada.dialog(t('create.title'))).toBeVisible();
    await page.getByRole('button', { name: t('create.submit') }).click();
    await inspect(page, 'new room');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: t('rooms.browse') }).click();
    await expect(page.getByRole('button', { name: /Tea/ })).toBeVisible();
    await inspect(page, 'browse rooms');
    await page.getByRole('searchbox').fill('coffee');
    await inspect(page, 'browse rooms, nothing found');
    await page.keyboard.press('Escape'); // empties the field
    await page.keyboard.press('Escape');

    const me = page.getByRole('button', { name: t('me.menu') });
    await me.click();
    await inspect(page, 'own menu');
    await page.getByRole('menuitem', { name: t('me.settings') }).click();
    await inspect(page, 'preferences');
    await page.keyboard.press('Escape');
    await me.click();
    await page.getByRole('menuitem', { name: t('me.leave') }).click();
    await inspect(page, 'signing out');
    await page.keyboard.press('Escape');

    // A server that talks nonsense breaks the page; it says so.
    problems.allow(/Minified React error|Objects are not valid as a React child/);
    await page.route('**/api/rooms', (route) =>
      route.fulfill({ json: { rooms: [{ id: 'x', name: {}, members: 0 }], more: false } }),
    );
    await page.getByRole('button', { name: t('rooms.browse') }).click();
    await expect(page.getByRole('heading', { name: t('broken.title') })).toBeVisible();
    await inspect(page, 'something broke');
  });
}
