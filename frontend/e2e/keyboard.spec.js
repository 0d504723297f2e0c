import { Guest } from './guest.js';
import { expect, test } from './fixtures.js';
import { t } from './words.js';

/** @import {Locator, Page} from '@playwright/test' */

const FAR = 40;

/** Presses Tab until `target` has the focus, which shows. @param {Page} page @param {Locator} target @param {string} [key] */
async function tabTo(page, target, key = 'Tab') {
  for (let press = 0; press < FAR; press += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) {
      const seen = await target.evaluate((element) => {
        // Some draw the ring on what holds the control, or over it.
        const rings = [element, element.parentElement, element.parentElement?.parentElement];
        return rings.some((ring) => {
          if (!ring) return false;
          const style = getComputedStyle(ring);
          const over = getComputedStyle(ring, '::after');
          return (
            style.outlineStyle !== 'none' ||
            style.boxShadow !== 'none' ||
            (over.content !== 'none' && over.borderTopStyle === 'solid')
          );
        });
      });
      expect(seen, `focus shows on ${target}`).toBe(true);
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`${target} cannot be reached with ${key}`);
}

test('everything of a first visit by keyboard alone', async ({ device, guest }) => {
  const page = await (await device()).newPage();
  const { keyboard } = page;
  const ada = new Guest(page, 'Ada');
  await page.goto('/');

  // Name: the field has the focus already.
  await expect(page.getByRole('textbox', { name: t('welcome.name') })).toBeFocused();
  await keyboard.type('Ada');
  await keyboard.press('Enter');

  // Message: so has the composer.
  await expect(ada.composer).toBeFocused();
  await keyboard.type('typed');
  await keyboard.press('Enter');
  await ada.sees(['typed']);
  await expect(ada.composer).toBeFocused();

  // A new room, first given up, then made.
  const create = ada.sidebar.getByRole('button', { name: t('rooms.create') }).first();
  await tabTo(page, create, 'Shift+Tab');
  await keyboard.press('Enter');
  const dialog = ada.dialog(t('create.title'));
  await expect(dialog).toBeVisible();
  await keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(create, 'the focus is back where it was').toBeFocused();
  await keyboard.press('Enter');
  await tabTo(page, dialog.getByLabel(t('create.name')));
  await keyboard.type('Tea');
  await keyboard.press('Enter');
  await expect(ada.heading).toHaveText('Tea');

  // Another room in the list, and back to the composer.
  await tabTo(page, ada.link('General'));
  await keyboard.press('Enter');
  await expect(ada.heading).toHaveText('General');
  await tabTo(page, ada.composer);
  await keyboard.type('back again');
  await keyboard.press('Enter');
  await ada.sees(['typed', 'back again']);

  // People, opened and closed.
  const people = page.getByRole('button', { name: t('room.people', { count: 1 }) });
  await tabTo(page, people, 'Shift+Tab');
  await keyboard.press('Enter');
  const panel = page.getByRole('complementary', { name: t('people.title') });
  await expect(panel).toBeVisible();
  await keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await expect(people).toBeFocused();

  // The messages, scrolled by keys.
  await tabTo(page, ada.list);

  // Looking around, joining.
  const bob = await guest('Bob');
  await bob.createRoom('Biscuits');
  await tabTo(page, ada.sidebar.getByRole('button', { name: t('rooms.browse') }), 'Shift+Tab');
  await keyboard.press('Enter');
  const list = ada.dialog(t('browse.title'));
  await tabTo(page, list.getByRole('button', { name: /Biscuits/ }));
  await keyboard.press('Enter');
  await expect(ada.heading).toHaveText('Biscuits');
  await tabTo(page, page.getByRole('button', { name: t('room.join') }));
  await keyboard.press('Enter');
  await expect(ada.composer).toBeVisible();

  // A room found by its letters.
  await keyboard.press('Control+k');
  await expect(ada.dialog(t('jump.title')).getByRole('combobox')).toBeFocused();
  await keyboard.type('tea');
  await keyboard.press('Enter');
  await expect(ada.heading).toHaveText('Tea');
  await expect(ada.composer).toBeFocused();

  // A message changed, first given up, then saved, and the newest deleted by emptying it.
  await keyboard.type('helo');
  await keyboard.press('Enter');
  await ada.sees(['helo']);
  await expect(ada.pending).toHaveCount(0);
  await keyboard.press('ArrowUp');
  const editor = page.getByRole('textbox', { name: t('composer.edit.label') });
  await expect(editor).toBeFocused();
  await keyboard.type(' there');
  await keyboard.press('Escape');
  await expect(ada.composer).toBeFocused();
  await expect(ada.composer).toHaveValue('');
  await keyboard.press('ArrowUp');
  await expect(editor).toHaveValue('helo');
  await keyboard.press('Control+a');
  await keyboard.type('hello');
  await keyboard.press('Enter');
  await ada.sees(['hello']);

  // The same message in the list: reacted to, changed from there.
  await tabTo(page, ada.list, 'Shift+Tab');
  await keyboard.press('ArrowUp');
  await expect(ada.message('hello')).toBeFocused();
  await keyboard.press('r');
  const emoji = ada.dialog(t('emoji.title'));
  await expect(emoji.getByRole('searchbox')).toBeFocused();
  await keyboard.type('teacup');
  await expect(emoji.getByRole('gridcell', { selected: true })).toHaveAccessibleName(/teacup/i);
  await keyboard.press('Enter');
  await expect(emoji).toBeHidden();
  await expect(
    ada.message('hello').getByRole('button', { name: /🍵/, pressed: true }),
  ).toBeVisible();
  await expect(ada.message('hello'), 'the focus is back on it').toBeFocused();
  await keyboard.press('e');
  await expect(editor).toBeFocused();
  await expect(editor).toHaveValue('hello');
  await keyboard.press('Control+a');
  await keyboard.press('Delete');
  await keyboard.press('Enter');
  const sure = ada.dialog(t('composer.delete.title'));
  await expect(sure.getByRole('button', { name: t('action.cancel') })).toBeFocused();
  await tabTo(page, sure.getByRole('button', { name: t('messages.delete') }));
  await keyboard.press('Enter');
  await expect(sure).toBeHidden();
  await expect(ada.composer).toBeFocused();
  await expect(ada.list.getByText(t('messages.deleted'))).toBeVisible();

  // A favourite, another topic.
  const options = page.getByRole('button', { name: t('room.menu') });
  await tabTo(page, options, 'Shift+Tab');
  await keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: t('room.favour') })).toBeFocused();
  await keyboard.press('Enter');
  await expect(options).toBeFocused();
  await expect(ada.sidebar.getByRole('heading', { name: t('rooms.favourites') })).toBeVisible();
  await keyboard.press('Enter');
  await keyboard.press('ArrowDown');
  await keyboard.press('Enter');
  const room = ada.dialog(t('room.edit'));
  await tabTo(page, room.getByLabel(t('create.topic')));
  await keyboard.type('leaves and water');
  await keyboard.press('Enter');
  await expect(room).toBeHidden();
  await expect(options).toBeFocused();
  const topic = page.getByRole('button', { name: 'leaves and water' });
  await tabTo(page, topic, 'Shift+Tab');
  await keyboard.press('Enter');
  await expect(page.locator('[popover]').filter({ hasText: 'leaves and water' })).toBeVisible();
  await keyboard.press('Escape');
  await expect(topic).toBeFocused();

  // From room to room, and out of one.
  await keyboard.press('Alt+ArrowDown');
  await expect(ada.heading).toHaveText('General');
  await keyboard.press('Alt+ArrowDown');
  await expect(ada.heading).toHaveText('Biscuits');
  await tabTo(page, options, 'Shift+Tab');
  await keyboard.press('Enter');
  await keyboard.press('End');
  await keyboard.press('Enter');
  const goes = ada.dialog(t('room.leave.title', { room: 'Biscuits' }));
  await tabTo(page, goes.getByRole('button', { name: t('room.leave') }));
  await keyboard.press('Enter');
  await expect(ada.heading).toHaveText('General');
  await expect(ada.composer, 'the focus is not lost').toBeFocused();

  // The keys themselves.
  await keyboard.press('Control+/');
  await expect(ada.dialog(t('keys.title'))).toBeVisible();
  await keyboard.press('Escape');
  await expect(ada.composer).toBeFocused();

  // Settings: another name, another theme.
  const me = ada.sidebar.getByRole('button', { name: t('me.menu') });
  await tabTo(page, me, 'Shift+Tab');
  await keyboard.press('Enter');
  await keyboard.press('Enter');
  const settings = ada.dialog(t('settings.title'));
  await tabTo(page, settings.getByLabel(t('welcome.name')));
  await keyboard.press('Control+a');
  await keyboard.type('Ada L.');
  await keyboard.press('Enter');
  await expect(settings.getByText(t('rename.done', { name: 'Ada L.' }))).toBeVisible();
  await tabTo(page, settings.getByRole('radio', { name: t('settings.theme.system') }));
  await keyboard.press('ArrowDown');
  await expect(settings.getByRole('radio', { name: t('settings.theme.light') })).toBeChecked();
  await keyboard.press('Escape');
  await expect(settings).toBeHidden();
  await expect(me).toBeFocused();

  // The way out, through the menu.
  await tabTo(page, ada.sidebar.getByRole('button', { name: t('me.menu') }), 'Shift+Tab');
  await keyboard.press('Enter');
  await keyboard.press('End');
  await keyboard.press('Enter');
  const leave = ada.dialog(t('leave.title'));
  await tabTo(page, leave.getByRole('button', { name: t('me.leave') }));
  await keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: t('welcome.title') })).toBeVisible();
});
