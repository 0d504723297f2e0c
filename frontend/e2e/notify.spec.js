import { openBrowser } from './desk.js';
import { expect, test as base } from './fixtures.js';
import { Guest } from './guest.js';
import { settled } from './worker.js';
import { t } from './words.js';

/**
 * @import {Page} from '@playwright/test'
 * @import {Fixtures} from './fixtures.js'
 */

/**
 * Somebody at a desk, with `other` to look at besides Teahouse.
 * @typedef {{ada: Guest, other: Page}} Desk
 */

const test = base.extend(
  /** @type {import('@playwright/test').Fixtures<{desk: Desk}, {}, Fixtures>} */ ({
    async desk({ server, problems }, provide) {
      const browser = await openBrowser();
      const { context } = browser;
      await problems.watch(context);
      await context.grantPermissions(['notifications'], { origin: server.origin });
      await context.request.post(`${server.origin}/api/session`, { data: { name: 'Ada' } });
      const other = await context.newPage();
      const ada = new Guest(await context.newPage(), 'Ada');
      await ada.visit(`${server.origin}/rooms/general`);
      await settled(ada.page);
      await provide({ ada, other });
      await browser.close();
    },
  }),
);

/** What the system shows of this browser's. @param {Page} page */
const shown = (page) =>
  page.evaluate(async () => {
    const { getNotifications } = ServiceWorkerRegistration.prototype;
    const all = await getNotifications.call(await navigator.serviceWorker.ready);
    return all.map(({ title, body }) => (body ? `${title}: ${body}` : title)).toSorted();
  });

/** @param {Guest} guest */
async function switchOn(guest) {
  await guest.pick(t('me.settings'));
  await guest.page.getByRole('switch', { name: t('notify.show') }).click();
  await expect(guest.page.getByRole('switch', { name: t('notify.show') })).toBeChecked();
  await expect(guest.page.getByRole('switch', { name: t('notify.sound') })).not.toBeChecked();
  await guest.page.keyboard.press('Escape');
}

/** @param {Guest} guest */
const icon = ({ page }) => page.locator("link[rel='icon']").getAttribute('href');

test('who looks elsewhere is told of messages: one notification for each room, gone once it is read', async ({
  server,
  guest,
  desk,
}) => {
  const { ada, other } = desk;
  const bob = await guest('Bob');
  await ada.createRoom('Tea');
  const invited = await bob.browse();
  await invited.getByRole('button').filter({ hasText: 'Tea' }).first().click();
  await bob.page.getByRole('button', { name: t('room.join') }).click();
  await expect(bob.composer).toBeVisible();
  await ada.go('General');

  // Nobody asked for it yet.
  await other.bringToFront();
  await bob.go('General');
  await bob.tell('unheard');
  await expect(ada.message('unheard')).toBeAttached();
  expect(await shown(ada.page)).toEqual([]);
  await ada.page.bringToFront();
  await switchOn(ada);

  // Nobody needs it while looking at any tab.
  await bob.tell('seen anyway');
  await expect(ada.message('seen anyway')).toBeVisible();
  await expect.poll(() => icon(ada)).toBe('/favicon.svg');
  expect(await shown(ada.page)).toEqual([]);

  await other.bringToFront();
  await bob.tell('first,\nin two lines');
  await expect.poll(() => shown(ada.page)).toEqual(['Bob in General: first, in two lines']);
  await expect.poll(() => icon(ada)).toBe('/favicon-unread.svg');
  await bob.tell('then this');
  await expect.poll(() => shown(ada.page)).toEqual(['Bob in General: then this']);

  // A second tab, just as hidden, adds nothing to it.
  const second = await ada.tab(`${server.origin}/rooms/tea`);
  await expect(second.heading).toHaveText('Tea');
  await other.bringToFront();
  await bob.tell('only once');
  await expect.poll(() => shown(ada.page)).toEqual(['Bob in General: only once']);
  await second.page.close();
  await bob.go('Tea');
  for (const words of ['one', 'two', 'three']) await bob.tell(words);
  await expect
    .poll(() => shown(ada.page))
    .toEqual(['3 new messages in Tea', 'Bob in General: only once']);

  // Reading takes it away, wherever it happens.
  await ada.page.bringToFront();
  await expect.poll(() => shown(ada.page)).toEqual(['3 new messages in Tea']);
  await ada.go('Tea');
  await expect.poll(() => shown(ada.page)).toEqual([]);
  await expect.poll(() => icon(ada)).toBe('/favicon.svg');
});

test('a click on a notification brings the room to the page that is there', async ({ desk }) => {
  const { ada } = desk;
  await ada.createRoom('Tea');
  await ada.go('General');
  const [worker] = ada.context.serviceWorkers();
  await worker.evaluate(async () => {
    // What the worker does when it is clicked; no program can click for a person.
    const scope = /** @type {any} */ (globalThis);
    for (const page of await scope.clients.matchAll())
      page.postMessage({ op: 'open', room: 'tea' });
  });
  await expect(ada.heading).toHaveText('Tea');
});

test('nobody is asked before a click, and a refusal is explained', async ({ server, desk }) => {
  const { ada } = desk;
  await ada.page.addInitScript(() => {
    const ask = Notification.requestPermission.bind(Notification);
    Object.assign(window, { asked: 0 });
    Notification.requestPermission = (...rest) => {
      /** @type {any} */ (window).asked += 1;
      return ask(...rest);
    };
  });
  const asked = () => ada.page.evaluate(() => /** @type {any} */ (window).asked);
  const permission = () => ada.page.evaluate(() => Notification.permission);
  const devtools = await ada.context.newCDPSession(ada.page);
  /** @param {'prompt' | 'denied' | 'granted'} setting */
  const set = (setting) =>
    devtools.send('Browser.setPermission', {
      permission: { name: 'notifications' },
      origin: server.origin,
      setting,
    });
  await set('prompt');
  await ada.page.reload();
  expect(await permission()).toBe('default');
  await ada.pick(t('me.settings'));
  const choice = ada.page.getByRole('switch', { name: t('notify.show') });
  await expect(choice).not.toBeChecked();
  expect(await asked()).toBe(0);
  await set('granted');
  await choice.click();
  await expect(choice).toBeChecked();
  expect(await asked()).toBe(1);

  await set('denied');
  await ada.page.reload();
  await ada.pick(t('me.settings'));
  await expect(choice).not.toBeChecked();
  await expect(choice).toBeDisabled();
  await expect(ada.page.getByText(t('notify.denied'))).toBeVisible();
  expect(await asked()).toBe(0);
});
