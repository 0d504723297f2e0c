import { enter, Guest } from './guest.js';
import { expect, test } from './fixtures.js';
import { t } from './words.js';

test('two people talk, and each message shows at once on both sides @phone', async ({
  server,
  guest,
}) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  const said = [];
  for (const [person, text] of /** @type {[Guest, string][]} */ ([
    [ada, 'Is the kettle on?'],
    [bob, 'It sings already.'],
    [bob, 'Green or black?'],
    [ada, 'Green, please.'],
  ])) {
    said.push(text);
    await person.say(text);
    await ada.sees(said);
    await bob.sees(said);
  }
  expect(await server.bodies()).toEqual(said);
});

test('one’s own messages look different from those of others', async ({ guest }) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  await ada.tell('mine or yours?');
  await bob.tell('that depends on who looks');
  for (const [person, own, other] of /** @type {[Guest, string, string][]} */ ([
    [ada, 'mine or yours?', 'that depends on who looks'],
    [bob, 'that depends on who looks', 'mine or yours?'],
  ])) {
    const you = person.page.getByText(t('messages.you'), { exact: true });
    await expect(person.message(own).filter({ has: you })).toHaveCount(1);
    await expect(person.message(other)).toBeVisible();
    await expect(person.message(other).filter({ has: you })).toHaveCount(0);
  }
});

test('coming in by the door: a name, a room, a message, and the name is kept @phone', async ({
  device,
}) => {
  const page = await (await device()).newPage();
  await page.goto('/');
  await expect(page.getByRole('heading', { name: t('welcome.title') })).toBeVisible();
  await enter(page, 'Ada');
  await expect(page).toHaveURL(/\/rooms\/general$/);
  const ada = new Guest(page, 'Ada');
  await ada.tell('first words');

  await page.reload();
  await ada.sees(['first words']);
  await expect(ada.message('first words')).toHaveAccessibleName(/^Ada, /);
  await ada.tell('still me');
  await ada.sees(['first words', 'still me']);
});

test('a name that is taken is refused in words, and another one is fine', async ({
  device,
  guest,
}) => {
  await guest('Ada');
  const page = await (await device()).newPage();
  await page.goto('/');
  await enter(page, 'ada');
  const field = page.getByRole('textbox', { name: t('welcome.name') });
  await expect(page.getByText(t('welcome.taken', { name: 'ada' }))).toBeVisible();
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await enter(page, 'Grace');
  await expect(page.getByRole('heading', { level: 1, name: 'General' })).toBeVisible();
});

test('a name of nothing but blanks, or too long a one, is not sent', async ({ device }) => {
  const page = await (await device()).newPage();
  await page.goto('/');
  for (const name of ['   ', 'a'.repeat(41)]) {
    await enter(page, name);
    await expect(page.getByText(t('welcome.invalid'))).toBeVisible();
  }
});

test('who is here and who is typing show, and cease to @phone', async ({ guest }) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  await ada.page.getByRole('button', { name: t('room.people', { count: 2 }) }).click();
  const panel = ada.page.getByRole('complementary', { name: t('people.title') });
  await expect(panel.getByRole('listitem')).toHaveText([/Ada/, /Bob/]);
  if (ada.phone) await panel.getByRole('button', { name: t('action.close') }).click();

  await bob.composer.pressSequentially('Well');
  const typing = ada.page.getByText(t('typing.one', { name: 'Bob' }));
  await expect(typing).toBeVisible();
  await bob.composer.press('Enter');
  await expect(ada.message('Well')).toBeVisible();
  await expect(typing).toBeHidden();

  await bob.context.close();
  await expect(
    ada.page.getByRole('button', { name: t('room.people', { count: 1 }) }),
  ).toBeVisible();
  if (!ada.phone) await expect(panel.getByRole('listitem')).toHaveText([/Ada/]);
});

test('a message of several lines keeps them, and addresses become links', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.composer.pressSequentially('one');
  await ada.composer.press('Shift+Enter');
  await ada.composer.pressSequentially('see https://example.org/tea now');
  await ada.composer.press('Enter');
  await ada.sees(['one\nsee https://example.org/tea now']);
  const link = ada.list.getByRole('link', { name: 'https://example.org/tea' });
  await expect(link).toHaveAttribute('rel', /noopener/);
  const body = await ada.list.getByRole('article').locator('p[dir=auto]').boundingBox();
  expect(body?.height, 'two lines').toBeGreaterThan(35);
});
