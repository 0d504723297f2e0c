import { arabic, endless } from './cast.js';
import { expect, test } from './fixtures.js';
import { t } from './words.js';
import { asTutorial, voice } from './voices.js';
import { settled } from './worker.js';

/** @import {Guest} from './guest.js' */

/** Opens the window where tables are written. @param {Guest} guest */
async function write(guest) {
  await guest.write('/card');
  await guest.composer.press('Enter');
  const form = guest.dialog(t('card.title'));
  const text = form.getByRole('textbox', { name: t('card.field') });
  await expect(text).toBeFocused();
  return { form, text, post: form.getByRole('button', { name: t('card.post') }) };
}

test('a table is seen before it is posted, and by all after @phone', async ({ guest }) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  const { form, text, post } = await write(ada);
  await post.click();
  await expect(form.getByText(t('card.wrong.empty'))).toBeVisible();
  await expect(text).toBeFocused();
  await text.fill('[{"b": 1}, {"b": [2]}]');
  await expect(form.getByText(t('card.wrong.value', { row: 2, key: 'b' }))).toBeVisible();
  await expect(form.getByRole('table')).toHaveCount(0);
  await text.fill('[{"tea": "Oolong", "9": 12345678901234567890}, {"tea": "<b>x</b>", "a": null}]');
  await expect(form.getByRole('columnheader')).toHaveText(['tea', '9', 'a']);
  await post.click();
  await expect(form).toBeHidden();
  await expect(ada.composer).toHaveValue('');
  for (const guest of [ada, bob]) {
    const table = guest.list.getByRole('table', { name: t('card.label', { count: 2 }) });
    await expect(table.getByRole('columnheader')).toHaveText(['tea', '9', 'a']);
    await expect(table.getByRole('cell', { name: '12345678901234567890' })).toHaveCSS(
      'text-align',
      'right',
    );
    await expect(table.getByRole('cell', { name: '<b>x</b>' })).toBeVisible();
  }

  const message = ada.list.getByRole('article').filter({ has: ada.page.getByRole('table') });
  if (ada.phone) {
    await message
      .getByRole('cell')
      .first()
      .dispatchEvent('pointerdown', { pointerType: 'touch', bubbles: true });
    await ada.page
      .getByRole('dialog')
      .getByRole('button', { name: t('actions.delete'), exact: true })
      .click();
  } else {
    await message.focus();
    await expect(message.getByRole('button', { name: t('actions.edit') })).toHaveCount(0);
    await ada.page.keyboard.press('Delete');
  }
  await ada
    .dialog(t('composer.delete.title'))
    .getByRole('button', { name: t('actions.delete'), exact: true })
    .click();
  for (const guest of [ada, bob])
    await expect(guest.list.getByText(t('messages.deleted'))).toBeVisible();
  await expect(bob.list.getByRole('table')).toHaveCount(0);
});

test('what was begun is kept, and goes on where it stopped', async ({ guest }) => {
  const ada = await guest('Ada');
  const { form, text } = await write(ada);
  await text.fill('[{"tea": ');
  await ada.page.keyboard.press('Escape');
  await expect(form).toBeHidden();
  await expect(ada.composer).toBeFocused();
  await ada.page.reload();
  const again = await write(ada);
  await expect(again.text).toHaveValue('[{"tea": ');
  await again.text.fill('[{"tea": "Sencha"}]');
  await ada.page.keyboard.press('ControlOrMeta+Enter');
  await expect(again.form).toBeHidden();
  await expect(ada.list.getByRole('cell', { name: 'Sencha' })).toBeVisible();
  const empty = await write(ada);
  await expect(empty.text).toHaveValue('');
});

test('a table posted offline goes out once', async ({ server, guest }) => {
  const ada = await guest('Ada');
  await settled(ada.page);
  await server.kill();
  const { text, post } = await write(ada);
  await text.fill('[{"tea": "Sencha"}]');
  await post.click();
  await expect(ada.list.getByRole('cell', { name: 'Sencha' })).toBeVisible();
  await expect(ada.pending).toHaveCount(1);
  await ada.page.reload();
  await expect(ada.pending).toHaveCount(1);
  await server.start();
  await expect(async () => {
    await ada.hurry();
    await expect(ada.pending).toHaveCount(0, { timeout: 500 });
  }).toPass();
  const answer = await fetch(`${server.origin}/api/rooms/general/events?limit=200`);
  const { events } = await answer.json();
  expect(events.map((/** @type {any} */ { kind }) => kind)).toEqual(['card']);
});

test('a wide and long table scrolls in itself, and shows all of it when asked @phone', async ({
  device,
  guest,
}) => {
  const ada = await guest('Ada');
  const bob = await voice(await device(), 'Bob');
  await bob.card(
    'general',
    Array.from({ length: 30 }, (_, nth) =>
      Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`column ${at}`, nth * at])),
    ),
  );
  const table = ada.list.getByRole('table');
  await expect(table.getByRole('row')).toHaveCount(11);
  await expect.poll(() => ada.belowTheEnd()).toBeLessThan(2);
  const scroll = ada.list.getByRole('group', { name: t('card.label', { count: 30 }) });
  const wider = await scroll.evaluate((element) => element.scrollWidth - element.clientWidth);
  expect(wider).toBeGreaterThan(100);
  const page = await ada.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(page).toBe(0);
  const all = ada.list.getByRole('button', { name: t('card.all', { count: 30 }) });
  await all.focus();
  await all.press('Enter');
  await expect(table.getByRole('row')).toHaveCount(31);
  // The button goes with what it did; the table has the focus then.
  await expect(scroll).toBeFocused();
});

test('whatever stands in a table stays in its cell', async ({ device, guest }) => {
  const ada = await guest('Ada');
  const bob = await voice(await device(), 'Bob');
  const long = '9'.repeat(400);
  await bob.card('general', [
    { ['k'.repeat(80)]: 'short', next: long, number: 0, last: '<img src=x>' },
    { ['k'.repeat(80)]: arabic, next: endless, number: Number.MAX_VALUE, last: null },
  ]);
  const table = ada.list.getByRole('table');
  await expect(table.getByRole('row')).toHaveCount(3);
  const over = await table.evaluate((element) =>
    [...element.querySelectorAll('th, td')]
      .filter((cell) => cell.scrollWidth > cell.clientWidth + 1)
      .map((cell) => cell.textContent),
  );
  expect(over).toEqual([]);
});

test('a name that comes with a message passes for nobody @phone', async ({ device, guest }) => {
  const ada = await guest('Ada');
  await asTutorial(await device(), [
    { username: 'Ada', text: 'I am not Ada' },
    { username: 'Ada', text: 'not at all' },
    { username: 'eve', text: 'and I am not the same' },
  ]);
  const first = ada.message('I am not Ada');
  await expect(first).toHaveAccessibleName(/^Ada \(guest name, written by Guest .+\), /);
  await expect(first.getByText(t('messages.guest'), { exact: true })).toBeVisible();
  await expect(first.getByText(t('messages.you'), { exact: true })).toHaveCount(0);
  await expect(
    ada.message('not at all').getByText(t('messages.guest'), { exact: true }),
  ).toHaveCount(0);
  await expect(
    ada.message('and I am not the same').getByText('eve', { exact: true }),
  ).toBeVisible();
  await ada.tell('this is me');
  await expect(ada.message('this is me').getByText(t('messages.you'))).toBeVisible();
  if (ada.phone) return;
  await first.hover();
  const name = t('messages.as', { name: 'Ada' });
  await expect(first.getByRole('toolbar', { name: t('actions.label', { name }) })).toBeVisible();
});
