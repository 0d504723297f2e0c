import { expect, test } from './fixtures.js';
import { t } from './words.js';

test('a room is made, found, looked into, joined and left again @phone', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.createRoom('Tea & Biscuits', 'What goes with what');
  await expect(ada.page).toHaveURL(/\/rooms\/tea-biscuits$/);
  await expect(ada.page.getByRole('button', { name: 'What goes with what' })).toBeVisible();
  await ada.tell('Shortbread with Assam.');

  const bob = await guest('Bob');
  const list = await bob.browse();
  await list.getByRole('searchbox').fill('biscuit');
  await list.getByRole('button', { name: /Tea & Biscuits/ }).click();
  await expect(bob.heading).toHaveText('Tea & Biscuits');
  await expect(bob.message('Shortbread with Assam.')).toBeVisible();
  await expect(bob.composer).toBeHidden();
  await bob.page.getByRole('button', { name: t('room.join') }).click();
  await bob.tell('Noted.');
  await expect(ada.message('Noted.')).toBeVisible();
  await expect(ada.list.getByText(t('messages.joined', { name: 'Bob' }))).toBeVisible();

  await bob.page.getByRole('button', { name: t('room.menu') }).click();
  await bob.page.getByRole('menuitem', { name: t('room.leave') }).click();
  const sure = bob.dialog(t('room.leave.title', { room: 'Tea & Biscuits' }));
  await sure.getByRole('button', { name: t('room.leave') }).click();
  await expect(sure).toBeHidden();
  await bob.seeRooms();
  await expect(bob.link('General')).toBeVisible();
  await expect(bob.link('Tea & Biscuits')).toHaveCount(0);
  await expect(ada.list.getByText(t('messages.left', { name: 'Bob' }))).toBeVisible();
});

test('a taken room name and a bad one are refused in the dialog', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.createRoom('Tea');
  await ada.sidebar
    .getByRole('button', { name: t('rooms.create') })
    .first()
    .click();
  const dialog = ada.dialog(t('create.title'));
  await dialog.getByLabel(t('create.name')).fill('Tea');
  await dialog.getByRole('button', { name: t('create.submit') }).click();
  await expect(dialog.getByText(t('create.taken'))).toBeVisible();
  await dialog.getByLabel(t('create.name')).fill('x'.repeat(81));
  await dialog.getByRole('button', { name: t('create.submit') }).click();
  await expect(dialog.getByText(t('create.invalid'))).toBeVisible();
  await dialog.getByRole('button', { name: t('action.cancel') }).click();
  await expect(dialog).toBeHidden();
});

test('the address bar names the room; back, forward and reload do what one expects @phone', async ({
  guest,
}) => {
  const ada = await guest('Ada');
  await ada.createRoom('Tea');
  await ada.createRoom('Coffee');
  await ada.go('Tea');
  await expect(ada.page).toHaveURL(/\/rooms\/tea$/);
  await ada.page.reload();
  await expect(ada.heading).toHaveText('Tea');
  await ada.go('General');
  await expect(ada.page).toHaveURL(/\/rooms\/general$/);
  await ada.page.goBack();
  if (ada.phone) {
    await expect(ada.sidebar).toBeVisible();
    await ada.page.goForward();
    await expect(ada.heading).toHaveText('General');
  } else {
    await expect(ada.heading).toHaveText('Tea');
    await ada.page.goBack();
    await expect(ada.heading).toHaveText('Coffee');
    await ada.page.goForward();
    await ada.page.goForward();
    await expect(ada.heading).toHaveText('General');
  }
  await expect(ada.page).toHaveTitle(/General/);
});

test('a deep link shows the room to whoever belongs to it and to whoever does not', async ({
  guest,
}) => {
  const ada = await guest('Ada');
  await ada.createRoom('Tea');
  await ada.tell('come in');
  const bob = await guest('Bob', { path: '/rooms/tea' });
  await expect(bob.heading).toHaveText('Tea');
  await expect(bob.message('come in')).toBeVisible();
  await expect(bob.page.getByText(t('room.preview', { room: 'Tea' }))).toBeVisible();
  await ada.tell('live, too');
  await expect(bob.message('live, too')).toBeVisible();
});

test('a room that is not there says so, and shows the way out @phone', async ({ guest }) => {
  const ada = await guest('Ada', { path: '/rooms/nowhere' });
  await expect(ada.page.getByRole('heading', { name: t('room.missing.title') })).toBeVisible();
  await ada.page.getByRole('link', { name: t('room.missing.action') }).click();
  await expect(ada.heading).toHaveText('General');
  await ada.tell('found it');
});

test('unread counts rise, fall, and follow on the other device', async ({ guest }) => {
  const desk = await guest('Ada');
  await desk.createRoom('Tea');
  const cookies = await desk.context.cookies();
  const bob = await guest('Bob', { path: '/rooms/tea' });
  await bob.page.getByRole('button', { name: t('room.join') }).click();
  await bob.tell('seen at once');
  await expect(desk.message('seen at once')).toBeVisible();
  await desk.go('General');
  expect(await desk.unread('Tea')).toBe(0);

  const pocket = await guest('Ada on the go', { path: '/rooms/general' });
  await pocket.context.clearCookies();
  await pocket.context.addCookies(cookies);
  await pocket.page.evaluate(() => localStorage.clear());
  await pocket.page.reload();
  for (const [at, text] of ['one', 'two', 'three'].entries()) {
    await bob.tell(text);
    await expect.poll(() => desk.unread('Tea')).toBe(at + 1);
    await expect.poll(() => pocket.unread('Tea')).toBe(at + 1);
  }
  await expect(desk.page).toHaveTitle(/3/);
  await desk.page.reload();
  await expect.poll(() => desk.unread('Tea'), 'as the server counts it').toBe(3);

  await pocket.go('Tea');
  await expect(pocket.message('three')).toBeVisible();
  await expect.poll(() => desk.unread('Tea')).toBe(0);
  await expect(desk.page).not.toHaveTitle(/3/);
  await pocket.go('General');
  expect(await pocket.unread('Tea')).toBe(0);
  await bob.tell('four');
  await expect.poll(() => desk.unread('Tea')).toBe(1);
  await expect.poll(() => pocket.unread('Tea')).toBe(1);
});

test('the line before what is new stands where reading ended', async ({ guest }) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  await bob.tell('read by Ada');
  await expect(ada.message('read by Ada')).toBeVisible();
  await ada.createRoom('Tea');
  await bob.tell('not yet read');
  await bob.tell('nor this');
  await expect.poll(() => ada.unread('General')).toBe(2);
  await ada.go('General');
  const line = ada.list.getByText(t('messages.new'), { exact: true });
  await expect(line).toBeVisible();
  const [before, at, after] = await Promise.all([
    ada.message('read by Ada').boundingBox(),
    line.boundingBox(),
    ada.message('not yet read').boundingBox(),
  ]);
  expect(before?.y).toBeLessThan(at?.y ?? 0);
  expect(at?.y).toBeLessThan(after?.y ?? 0);
});

test('a message in another room does not show here', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.createRoom('Tea');
  await ada.tell('only in Tea');
  await ada.go('General');
  await ada.tell('only in General');
  await ada.sees(['only in General']);
  await ada.go('Tea');
  await ada.sees(['only in Tea']);
});

test('favourites stand first on this device, and stay so @phone', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.createRoom('Alpha');
  await ada.createRoom('Beta');
  const menu = ada.page.getByRole('button', { name: t('room.menu') });
  await menu.click();
  await ada.page.getByRole('menuitem', { name: t('room.favour') }).click();
  await ada.page.reload();
  await expect(ada.heading).toHaveText('Beta');
  await ada.seeRooms();
  await expect(ada.sidebar.getByRole('heading', { name: t('rooms.favourites') })).toBeVisible();
  const links = ada.sidebar.getByRole('link');
  await expect(links).toHaveText(['Beta', 'General', 'Alpha']);

  await ada.go('Beta');
  await menu.click();
  await ada.page.getByRole('menuitem', { name: t('room.unfavour') }).click();
  await ada.seeRooms();
  await expect(links).toHaveText(['General', 'Alpha', 'Beta']);
});

test('name and topic change for everybody at once', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.createRoom('Tea', 'leaves');
  const bob = await guest('Bob', { path: '/rooms/tea' });
  await expect(bob.heading).toHaveText('Tea');
  await ada.page.getByRole('button', { name: t('room.menu') }).click();
  await ada.page.getByRole('menuitem', { name: t('room.edit') }).click();
  const dialog = ada.dialog(t('room.edit'));
  await dialog.getByLabel(t('create.name')).fill('Teas of the world');
  await dialog.getByLabel(t('create.topic')).fill('what grows where');
  await dialog.getByRole('button', { name: t('action.save') }).click();
  await expect(dialog).toBeHidden();
  for (const person of [ada, bob]) {
    await expect(person.heading).toHaveText('Teas of the world');
    await expect(person.page.getByRole('button', { name: 'what grows where' })).toBeVisible();
  }
  await expect(bob.page).toHaveURL(/\/rooms\/tea$/);
});

test('General keeps its name; its topic can change', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.page.getByRole('button', { name: t('room.menu') }).click();
  await expect(ada.page.getByRole('menuitem', { name: t('room.leave') })).toHaveCount(0);
  await ada.page.getByRole('menuitem', { name: t('room.topic') }).click();
  const dialog = ada.dialog(t('room.topic'));
  await expect(dialog.getByLabel(t('create.name'))).toHaveCount(0);
  await dialog.getByLabel(t('create.topic')).fill('everything');
  await ada.page.keyboard.press('Enter');
  await expect(ada.page.getByRole('button', { name: 'everything' })).toBeVisible();
});

test('a long topic is cut to a line, and read in full on request @phone', async ({ guest }) => {
  const ada = await guest('Ada');
  const topic = `${'a long story about tea '.repeat(10)}end`;
  await ada.createRoom('Tea', topic);
  const whole = ada.page.locator('[popover]').filter({ hasText: topic });
  await expect(whole).toBeHidden();
  await ada.page.getByRole('button', { name: topic }).click();
  await expect(whole).toBeVisible();
  const box = await whole.boundingBox();
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(
    ada.page.viewportSize()?.width ?? 0,
  );
  await ada.page.keyboard.press('Escape');
  await expect(whole).toBeHidden();
});

test('in a narrow window the rooms fold away, and what is new there still shows', async ({
  guest,
}) => {
  const ada = await guest('Ada', { viewport: { width: 800, height: 700 } });
  await ada.createRoom('Tea');
  await ada.go('General');
  await ada.page.getByRole('button', { name: t('rooms.hide') }).click();
  await expect(ada.sidebar).toBeHidden();
  await expect(ada.page.getByRole('button', { name: t('rooms.show') })).toBeFocused();
  await ada.page.reload();
  await expect(ada.heading).toHaveText('General');
  await expect(ada.sidebar, 'as it was left').toBeHidden();

  const bob = await guest('Bob', { path: '/rooms/tea' });
  await bob.page.getByRole('button', { name: t('room.join') }).click();
  await bob.tell('news');
  await ada.page.getByRole('button', { name: t('rooms.show.new') }).click();
  await expect.poll(() => ada.unread('Tea')).toBe(1);

  const people = ada.page.getByRole('button', { name: t('room.people', { count: 1 }) });
  await people.click();
  const panel = ada.page.getByRole('complementary', { name: t('people.title') });
  await expect(panel).toBeVisible();
  await expect(ada.page.locator('main'), 'the panel covers it').toHaveAttribute('inert');
  await ada.page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
  await expect(people).toBeFocused();

  await ada.page.setViewportSize({ width: 1000, height: 700 });
  await expect(ada.sidebar).toBeVisible();
});
