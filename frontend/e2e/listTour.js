import { arabic, castOf, endless } from './cast.js';
import { expect } from './fixtures.js';
import { refuseSockets } from './network.js';
import { settled } from './scrolling.js';
import { asTutorial, voice } from './voices.js';

/** @import {Stage} from './tours.js' */

/** What is to do in a room, tables, and guests that give a name. @param {Stage} stage */
export async function together(stage) {
  const { server, device, guest, locale, t, see } = stage;
  const cast = castOf(locale);
  const bob = await voice(await device(), cast.people[0]);
  const ada = await guest(cast.me, { locale });
  const { page } = ada;
  const panel = page.getByRole('complementary', { name: t('todo.title') });
  const opener = page.getByRole('button', { name: t('todo.title') });
  const field = panel.getByRole('textbox', { name: t('todo.add.label') });
  const escape = () => page.keyboard.press('Escape');

  await opener.click();
  await expect(panel.getByText(t('todo.empty.title'))).toBeVisible();
  await see(page, 'to-do list, empty');
  await bob.todo('general', cast.done, ...cast.todos, arabic, endless);
  await expect(panel.getByRole('checkbox')).toHaveCount(6);
  const kettle = panel.getByRole('checkbox', { name: cast.done });
  await kettle.click();
  await expect(kettle).toBeChecked();
  await field.fill(cast.next);
  await field.press('Enter');
  await expect(panel.getByRole('checkbox', { name: cast.next })).toBeVisible();
  await expect(panel.locator('[data-state=pending]')).toHaveCount(0);
  await page.keyboard.type(cast.typed);
  await see(page, 'to-do list');
  await escape();
  await expect(panel).toBeHidden();
  await bob.done('general', cast.todos[0]);
  await ada.say(cast.me1);
  await settled(ada.list);
  await see(page, 'changes of the list, told in the room');

  await ada.write('/todo a');
  await expect(page.getByText(t('composer.hint.todo'))).toBeVisible();
  await see(page, 'a command begun');
  await ada.composer.press('Enter');
  await expect(page.getByText(t('todo.wrong.word'))).toBeVisible();
  await see(page, 'a command not understood');

  await ada.write('/card');
  await expect(page.getByText(t('composer.hint.card'))).toBeVisible();
  await ada.composer.press('Enter');
  const form = ada.dialog(t('card.title'));
  const text = form.getByRole('textbox', { name: t('card.field') });
  await expect(text).toBeFocused();
  await see(page, 'a table to be written');
  await text.fill('[{"a": 1},\n {"b": [2]}]');
  await expect(form.getByText(t('card.wrong.value', { row: 2, key: 'b' }))).toBeVisible();
  await see(page, 'a table that is wrong');
  await text.fill(JSON.stringify(cast.table, null, 2));
  await expect(form.getByRole('table')).toBeVisible();
  await see(page, 'a table, previewed');
  await form.getByRole('button', { name: t('card.post') }).click();
  await expect(form).toBeHidden();
  await expect(ada.list.getByRole('table')).toBeVisible();
  await asTutorial(await device(), [{ username: cast.guest, text: cast.guestSays }]);
  await bob.card(
    'general',
    Array.from({ length: 24 }, (_, nth) => ({
      pod: `pod-${nth + 1}`,
      image: 'registry.example.org/tea/house:1.18',
      node: `node-${nth % 3}`,
      restarts: nth * nth,
      note: nth === 2 ? cast.paragraph : '',
    })),
  );
  await expect(ada.list.getByRole('table')).toHaveCount(2);
  await expect(ada.message(cast.guestSays)).toBeVisible();
  await settled(ada.list);
  await see(page, 'a long table');
  await ada.message(cast.guestSays).scrollIntoViewIfNeeded();
  await settled(ada.list);
  await see(page, 'a table, and a guest');

  await opener.click();
  await expect(panel.getByRole('checkbox').first()).toBeVisible();
  await server.kill();
  await field.fill(cast.todos[0]);
  await field.press('Enter');
  await expect(panel.locator('[data-state=pending]')).toHaveCount(1);
  await expect(panel.getByText(/\d\d?[:.]\d\d/).first()).toBeVisible();
  await see(page, 'to-do list, offline');
  await escape();
  await server.start();

  // One who has never seen it, first without a way to the list, then without any.
  const cleo = await guest(cast.people[1], { locale });
  await cleo.page.route('**/todos', (route) => route.abort());
  await cleo.page.getByRole('button', { name: t('todo.title') }).click();
  await expect(cleo.page.getByText(t('todo.error.title'))).toBeVisible();
  await see(cleo.page, 'to-do list that cannot be loaded');
  await cleo.page.keyboard.press('Escape');
  await refuseSockets(cleo.context);
  await cleo.page.reload();
  await cleo.page.getByRole('button', { name: t('todo.title') }).click();
  const away = cleo.page.getByRole('complementary').getByText(t('todo.away.title'));
  await expect(away).toBeVisible();
  await see(cleo.page, 'to-do list, not on this device yet');
}
