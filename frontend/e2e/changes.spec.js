import { expect, test } from './fixtures.js';
import { crash } from './device.js';
import { t } from './words.js';
import { voice } from './voices.js';

/** @import {Guest} from './guest.js' */

/** By the keys, as the list and the composer have them. @param {Guest} guest @param {string} text @param {string} to */
async function change(guest, text, to) {
  await guest.message(text).focus();
  await guest.page.keyboard.press('e');
  const box = guest.page.getByRole('textbox', { name: t('composer.edit.label') });
  await expect(box).toHaveValue(text);
  await box.fill(to);
  await box.press('Enter');
  await expect(box).toBeHidden();
}

test('edits, deletions and reactions made offline go out once, whatever became of the tab', async ({
  server,
  device,
  guest,
}) => {
  const ada = await guest('Ada');
  const bob = await voice(await device(), 'Bob');
  await bob.say('general', 'from Bob');
  for (const text of ['to be changed', 'to be deleted', 'to stay']) await ada.tell(text);
  await server.kill();
  await change(ada, 'to be changed', 'was changed');
  await expect(ada.message('was changed')).toBeVisible();
  await ada.message('to be deleted').focus();
  await ada.page.keyboard.press('Delete');
  await ada.page
    .getByRole('dialog')
    .getByRole('button', { name: t('actions.delete'), exact: true })
    .click();
  await expect(ada.list.getByText(t('messages.deleted'))).toBeVisible();
  await ada.message('from Bob').hover();
  await ada
    .message('from Bob')
    .getByRole('button', { name: t('actions.react', { emoji: '👍' }) })
    .click();
  const chip = t('reactions.by', { emoji: '👍', count: 1, names: 'Ada' });
  await expect(ada.list.getByRole('button', { name: chip })).toBeVisible();

  await crash(ada.page);
  await server.start();
  const again = await ada.tab();
  await expect(
    again.message('was changed (edited)').or(again.message('was changed')),
  ).toBeVisible();
  await expect(again.list.getByText(t('messages.deleted'))).toBeVisible();
  await expect(again.list.getByRole('button', { name: chip })).toBeVisible();
  const events = async () => {
    const answer = await fetch(`${server.origin}/api/rooms/general/events?limit=200`);
    return /** @type {{kind: string}[]} */ ((await answer.json()).events).map(({ kind }) => kind);
  };
  await expect.poll(async () => (await events()).slice(-3)).toEqual(['edit', 'delete', 'react']);
  const history = await server.history();
  expect(history.map(({ body, deleted }) => (deleted ? null : body))).toEqual([
    'from Bob',
    'was changed',
    null,
    'to stay',
  ]);
  expect(history[0].reactions?.['👍']?.map(({ name }) => name)).toEqual(['Ada']);
  await again.page.reload();
  await expect(again.message('to stay')).toBeVisible();
  expect((await events()).length, 'nothing goes twice').toBe(7);
});
