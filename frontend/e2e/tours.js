import { Bench } from './bench.js';
import { arabic, castOf, endless } from './cast.js';
import { expect } from './fixtures.js';
import { together } from './listTour.js';
import { refuseSockets } from './network.js';
import { settled } from './scrolling.js';
import { voice } from './voices.js';
import { fixedWords } from './words.js';

/**
 * @import {Page} from '@playwright/test'
 * @import {Fixtures} from './fixtures.js'
 * @import {Guest} from './guest.js'
 * @import {Locale} from '../src/i18n/translate.js'
 * @import {Voice} from './voices.js'
 */

/**
 * Where a tour goes, and what is done at each view: it is inspected, or its
 * picture is taken.
 * @typedef {Pick<Fixtures, 'server' | 'device' | 'guest' | 'problems'> & {
 *   locale: Locale,
 *   t: ReturnType<typeof import('./words.js').wordsOf>,
 *   see: (page: Page, view: string) => Promise<void>,
 * }} Stage
 */

/** The people of the cast, each with a voice. @param {Stage} stage @returns {Promise<Voice[]>} */
async function people({ device, locale }) {
  const voices = [];
  for (const name of castOf(locale).people) voices.push(await voice(await device(), name));
  return voices;
}

/** @param {Stage} stage @param {string} [path] */
const enter = ({ guest, locale }, path) => guest(castOf(locale).me, { locale, path });

/** A long press, or the pointer over it. @param {Guest} guest @param {string} text */
async function reach(guest, text) {
  const message = guest.message(text).first();
  if (!guest.phone) return void (await message.hover());
  const body = message.locator('p[dir=auto]').first();
  await body.dispatchEvent('pointerdown', { pointerType: 'touch', bubbles: true });
  await expect(guest.page.getByRole('dialog')).toBeVisible();
  return undefined;
}

/** Before anybody is somebody here. @param {Stage} stage */
async function door({ device, guest, server, locale, t, see }) {
  const page = await (await device({ locale })).newPage();
  const submit = page.getByRole('button', { name: t('welcome.enter') });
  const name = page.getByRole('textbox', { name: t('welcome.name') });
  await page.goto('/');
  await expect(page.getByRole('heading', { name: t('welcome.title') })).toBeVisible();
  await see(page, 'name entry');
  await submit.click();
  await expect(page.getByText(t('welcome.invalid'))).toBeVisible();
  await see(page, 'name entry, refused');
  const { me } = castOf(locale);
  const there = await guest(me, { locale });
  await name.fill(me);
  await submit.click();
  await expect(page.getByText(t('welcome.taken', { name: me }))).toBeVisible();
  await see(page, 'name entry, taken');
  await there.context.request.delete('/api/session', {
    headers: { 'Content-Type': 'application/json' },
  });
  await expect(there.page.getByText(t('welcome.expired'))).toBeVisible();
  await see(there.page, 'name entry, signed out');
  await page.route(`${server.origin}/api/session*`, (route) => route.abort());
  await page.reload();
  await expect(page.getByRole('heading', { name: t('unreachable.title') })).toBeVisible();
  await see(page, 'nobody answers');
}

/** A room and what is said in it. @param {Stage} stage */
async function conversation(stage) {
  const { locale, t, see } = stage;
  const cast = castOf(locale);
  const [bob, cleo, max] = await people(stage);
  for (const room of cast.rooms.slice(0, 2)) await bob.found(room);

  const ada = await enter(stage);
  const { page } = ada;
  await expect(page.getByText(t('messages.empty'))).toBeVisible();
  await see(page, 'empty room');
  await bob.say('general', cast.greeting);
  await expect(ada.message(cast.greeting)).toBeVisible();
  await see(page, 'one message');

  for (const someone of [ada, cleo, max]) {
    await someone.context.request.put('/api/rooms/tea/members/me', {
      headers: { 'Content-Type': 'application/json' },
    });
  }
  await ada.visit('/rooms/tea');
  for (const someone of [bob, cleo, max]) await someone.listen('tea');
  const greeting = await bob.say('tea', cast.greeting);
  await cleo.react('tea', greeting, '🍵', '👍');
  await max.react('tea', greeting, '🍵');
  await ada.tell(cast.me1);
  const note = await bob.say('tea', cast.note);
  await cleo.react('tea', note, '🙏');
  await bob.say('tea', cast.plan);
  await cleo.say('tea', cast.code);
  await cleo.say('tea', arabic);
  await max.say('tea', cast.quote);
  await bob.remove('tea', await bob.say('tea', cast.withdrawn));
  const paragraph = await max.say('tea', cast.paragraph);
  await max.edit('tea', paragraph, cast.paragraph);
  await ada.tell(cast.mine);
  await cleo.say('tea', cast.emoji);
  await cleo.typing('tea');
  await expect(page.getByText(t('typing.one', { name: cleo.name }))).toBeVisible();
  await expect(ada.message(cast.emoji)).toBeInViewport();
  await settled(ada.list);
  await see(page, 'conversation');

  await reach(ada, cast.mine);
  await see(page, 'actions for one’s own message');
  await page
    .getByRole('button', { name: t('actions.edit'), exact: true })
    .last()
    .click();
  const box = page.getByRole('textbox', { name: t('composer.edit.label') });
  await expect(box).toHaveValue(cast.mine);
  await box.fill(cast.edited);
  await see(page, 'editing a message');
  await box.fill('');
  await box.press('Enter');
  await expect(ada.dialog(t('composer.delete.title'))).toBeVisible();
  await see(page, 'deleting a message');
  await page.keyboard.press('Escape');
  await box.press('Escape');

  await reach(ada, cast.emoji);
  await see(page, 'actions for the message of somebody else');
  if (ada.phone) await page.keyboard.press('Escape');
  await ada.write(cast.typed);
  await page.getByRole('button', { name: t('composer.emoji'), exact: true }).click();
  await expect(page.getByRole('gridcell').first()).toBeVisible();
  await see(page, 'emoji');
  await page.getByRole('searchbox', { name: t('emoji.search') }).fill('qqqq');
  await expect(page.getByText(t('emoji.none'))).toBeVisible();
  await see(page, 'emoji, nothing found');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: t('room.people', { count: 4 }) }).click();
  const panel = page.getByRole('complementary', { name: t('people.title') });
  await expect(panel.getByRole('listitem')).toHaveCount(4);
  await see(page, 'people');
  await panel.getByRole('button', { name: t('action.close') }).click();

  await ada.list.evaluate((list) => list.scrollTo(0, 0));
  await settled(ada.list);
  await see(page, 'beginning of a room');
  for (let nth = 1; nth <= 3; nth += 1) await bob.say('tea', `${cast.greeting} (${nth})`);
  await expect(ada.latest).toBeVisible();
  await see(page, 'new messages below');
  await ada.latest.click();
  await bob.say('tea', endless);
  await expect(ada.message(endless)).toBeVisible();
  await see(page, 'a word of 500 letters');
}

/** What goes wrong, and what is said of it. @param {Stage} stage */
async function trouble(stage) {
  const { server, locale, t, see, problems } = stage;
  const cast = castOf(locale);
  const [bob] = await people(stage);
  for (const room of cast.rooms.slice(0, 2)) await bob.found(room);
  await bob.say('general', cast.greeting);
  await bob.context.close();
  const ada = await enter(stage);
  const { page } = ada;
  await ada.tell(cast.me1);
  await ada.tell(cast.mine);

  await server.kill();
  const long = `${cast.paragraph} `.repeat(2).trim();
  await ada.say(long);
  await expect(page.getByRole('status').filter({ hasText: /\S/ })).toBeVisible();
  await expect(ada.pending).toHaveCount(1);
  await see(page, 'no connection');
  await server.start({ LIMIT_BODY: '150' });
  await expect(async () => {
    await ada.hurry();
    await expect(ada.failed).toBeVisible({ timeout: 500 });
  }).toPass();
  await ada.write(cast.paragraph);
  await expect(page.getByText(fixedWords('composer.over', locale))).toBeVisible();
  await see(page, 'failed message, too long a text');
  await ada.write(cast.typed);
  await ada.context.setOffline(true);
  await expect(page.getByText(fixedWords('banner.offline', locale))).toBeVisible();
  await see(page, 'offline');
  await ada.context.setOffline(false);

  // A session that ended leaves what was typed to whoever comes next.
  await ada.visit('/rooms/general');
  await ada.write(cast.typed);
  await expect(ada.composer).toHaveValue(cast.typed);
  await ada.context.request.delete('/api/session', {
    headers: { 'Content-Type': 'application/json' },
  });
  await expect(page.getByText(t('welcome.expired'))).toBeVisible();
  await page.getByRole('textbox', { name: t('welcome.name') }).fill(cast.newcomer);
  await page.getByRole('button', { name: t('welcome.enter') }).click();
  await expect(page.getByText(t('leftovers.title'))).toBeVisible();
  await see(page, 'left on this device');
  const left = ada.dialog(t('leftovers.title'));
  const goOn = left.getByRole('button', { name: t('leftovers.continue') });
  await goOn.click();
  await expect(goOn).toBeHidden();
  await left.getByRole('button', { name: t('messages.delete') }).click();
  await expect(left).toBeHidden();

  await page.evaluate(() => window.dispatchEvent(new Event('vite:preloadError')));
  await expect(page.getByText(t('update.torn'))).toBeVisible();
  await see(page, 'update');

  const away = await stage.guest('Later', {
    locale,
    path: '/',
    before: (page) => refuseSockets(page.context()),
  });
  await away.visit('/rooms/general');
  await expect(away.page.getByText(t('room.away.title'))).toBeVisible();
  await see(away.page, 'not on this device yet');
  await away.page.close();

  // A server that talks nonsense breaks the page; it says so.
  problems.allow(/Minified React error|Objects are not valid as a React child/);
  await page.route('**/api/rooms', (route) =>
    route.fulfill({ json: { rooms: [{ id: 'x', name: {}, members: 0 }], more: false } }),
  );
  await ada.visit('/rooms/general');
  await ada.seeRooms();
  await page.getByRole('button', { name: t('rooms.browse') }).click();
  await expect(page.getByRole('heading', { name: t('broken.title') })).toBeVisible();
  await see(page, 'something broke');
}

/** The rooms, the windows, and oneself. @param {Stage} stage */
async function house(stage) {
  const { locale, t, see } = stage;
  const cast = castOf(locale);
  const [bob] = await people(stage);
  for (const room of cast.rooms) await bob.found(room);
  await bob.say('tea', cast.greeting);
  const ada = await enter(stage, '/rooms/tea');
  const { page } = ada;
  const escape = () => page.keyboard.press('Escape');
  const menu = page.getByRole('button', { name: t('room.menu') });

  await expect(page.getByRole('button', { name: t('room.join') })).toBeVisible();
  await expect(ada.message(cast.greeting)).toBeVisible();
  await see(page, 'preview of a room');
  await page.getByRole('button', { name: t('room.join') }).click();
  await expect(ada.composer).toBeVisible();
  await menu.click();
  await see(page, 'room options');
  await page.getByRole('menuitem', { name: t('room.favour') }).click();
  await menu.click();
  await page.getByRole('menuitem', { name: t('room.edit') }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await see(page, 'name and topic of a room');
  await escape();
  await menu.click();
  await page.getByRole('menuitem', { name: t('room.leave') }).click();
  await expect(ada.dialog(t('room.leave.title', { room: cast.rooms[0].name }))).toBeVisible();
  await see(page, 'leaving a room');
  await escape();

  await ada.visit('/rooms/nowhere');
  await expect(page.getByRole('heading', { name: t('room.missing.title') })).toBeVisible();
  await see(page, 'no such room');

  await ada.context.request.put('/api/rooms/reading/members/me', {
    headers: { 'Content-Type': 'application/json' },
  });
  await ada.visit(ada.phone ? '/' : '/rooms/general');
  await bob.say('reading', cast.greeting);
  await bob.say('reading', cast.note);
  const unread = t('rooms.unread', { room: cast.rooms[1].name, count: 2 });
  await expect(page.getByRole('link', { name: unread })).toBeVisible();
  await see(page, 'list of rooms');

  await page
    .getByRole('button', { name: t('rooms.create') })
    .first()
    .click();
  await expect(ada.dialog(t('create.title'))).toBeVisible();
  await page.getByRole('button', { name: t('create.submit') }).click();
  await expect(page.getByText(t('create.invalid'))).toBeVisible();
  await see(page, 'new room');
  await escape();
  await page.getByRole('button', { name: t('rooms.browse') }).click();
  await expect(page.getByRole('button', { name: cast.rooms[2].name })).toBeVisible();
  await see(page, 'browse rooms');
  await page.getByRole('searchbox').fill('qqqq');
  await see(page, 'browse rooms, nothing found');
  await escape(); // empties the field
  await escape();

  await page.keyboard.press('ControlOrMeta+k');
  const find = ada.dialog(t('jump.title'));
  await expect(find.getByRole('option').first()).toBeVisible();
  await see(page, 'find a room');
  await find.getByRole('combobox').fill('qqqq');
  await expect(find.getByText(t('jump.none'))).toBeVisible();
  await see(page, 'find a room, none fits');
  await escape();

  const me = page.getByRole('button', { name: t('me.menu') });
  await me.click();
  await see(page, 'own menu');
  await page.getByRole('menuitem', { name: t('me.settings') }).click();
  await expect(ada.dialog(t('settings.title'))).toBeVisible();
  await page.getByRole('switch', { name: t('notify.show') }).click();
  await expect(page.getByText(t('notify.denied'))).toBeVisible();
  await see(page, 'settings, notifications denied');
  await escape();
  await me.click();
  await page.getByRole('menuitem', { name: t('keys.title') }).click();
  await expect(ada.dialog(t('keys.title'))).toBeVisible();
  await see(page, 'keys');
  await escape();
  await me.click();
  await page.getByRole('menuitem', { name: t('me.leave') }).click();
  await expect(ada.dialog(t('leave.title'))).toBeVisible();
  await see(page, 'signing out');
  await escape();

  await ada.visit('/about');
  await expect(page.getByText(t('about.ready'))).toBeVisible();
  await see(page, 'about');
}

/** The page for who builds something of their own. @param {Stage} stage */
async function workshop({ device, server, locale, see }) {
  const page = await (await device({ locale })).newPage();
  const bench = new Bench(page, locale);
  const { t } = bench;
  await bench.visit();
  await see(page, 'socket tester');
  await bench.open('/ws', 'teahouse.v1');
  for (const op of ['join', 'send']) {
    await bench.frames.getByRole('button', { name: op, exact: true }).click();
    await bench.box.press('Enter');
  }
  await expect(bench.lines('received', '"kind":"message"')).toBeVisible();
  await see(page, 'socket tester, open');
  await bench.close();

  await bench.frames.getByRole('button', { name: t('tester.clear') }).click();
  await bench.open('/echo');
  await page.getByRole('switch', { name: t('tester.pretty') }).click();
  await bench.send(castOf(locale).greeting);
  await page.getByRole('switch', { name: t('tester.hex') }).click();
  await bench.send('e8 8c b6');
  await bench.push('push.sample');
  await bench.pushed();
  await expect(bench.lines('received')).toHaveCount(3);
  await see(page, 'socket tester, pushed');
  await page.getByRole('switch', { name: t('tester.hex') }).click();
  await bench.close();
  await bench.push('push.table', '[');
  await expect(bench.said).toHaveText(t('push.broken'));
  await bench.choose('/websocket');
  await see(page, 'socket tester, by fields');
  await server.kill();
  await bench.opener.click();
  await expect(bench.state).toContainText(t('tester.failed.down'));
  await see(page, 'socket tester, failed');
}

/** Every view and every state of it, in the order in which somebody might meet them. */
export const tours = { door, conversation, together, house, workshop, trouble };

/** The languages there are. @type {Locale[]} */
export const locales = ['en', 'zh-CN'];
