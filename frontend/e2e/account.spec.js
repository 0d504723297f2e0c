import { enter } from './guest.js';
import { expect, test } from './fixtures.js';
import { t, wordsOf } from './words.js';

test('signing out asks first, ends every tab, and frees the name @phone', async ({
  device,
  guest,
}) => {
  const ada = await guest('Ada');
  const other = await ada.tab();
  await ada.tell('goodbye');
  await ada.pick(t('me.leave'));
  const dialog = ada.dialog(t('leave.title'));
  await dialog.getByRole('button', { name: t('me.leave') }).click();
  const welcome = t('welcome.title');
  await expect(ada.page.getByRole('heading', { name: welcome })).toBeVisible();
  await expect(other.page.getByRole('heading', { name: welcome })).toBeVisible();
  await ada.page.reload();
  await expect(ada.page.getByRole('heading', { name: welcome })).toBeVisible();

  const page = await (await device()).newPage();
  await page.goto('/');
  await enter(page, 'Ada');
  await expect(page.getByRole('heading', { level: 1, name: 'General' })).toBeVisible();
});

test('a session that ended elsewhere leads to the door, in words', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.context.request.delete('/api/session', {
    headers: { 'Content-Type': 'application/json' },
  });
  await expect(ada.page.getByText(t('welcome.expired'))).toBeVisible();
  await enter(ada.page, 'Ada');
  await expect(ada.heading).toHaveText('General');
});

test.describe('no guests', () => {
  test.use({ settings: { GUESTS: 'off' } });

  test('whoever knocks is told so', async ({ device }) => {
    const page = await (await device()).newPage();
    await page.goto('/');
    await enter(page, 'Ada');
    await expect(page.getByText(t('welcome.closed'))).toBeVisible();
  });
});

test('the theme follows the system, or what was chosen, and is remembered', async ({ guest }) => {
  const ada = await guest('Ada', { colorScheme: 'light' });
  const ink = () => ada.page.evaluate(() => getComputedStyle(document.body).color);
  const light = await ink();
  await ada.page.emulateMedia({ colorScheme: 'dark' });
  const dark = await ink();
  expect(dark).not.toBe(light);

  await ada.pick(t('me.settings'));
  const dialog = ada.dialog(t('settings.title'));
  await dialog.getByText(t('settings.theme.light'), { exact: true }).click();
  await expect.poll(ink).toBe(light);
  await ada.page.reload();
  await expect.poll(ink).toBe(light);
  await ada.pick(t('me.settings'));
  await dialog.getByText(t('settings.theme.dark'), { exact: true }).click();
  await ada.page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(ink).toBe(dark);
  await dialog.getByText(t('settings.theme.system'), { exact: true }).click();
  await expect.poll(ink).toBe(light);
});

test('the language follows the browser, or what was chosen, and is remembered', async ({
  guest,
}) => {
  const zh = wordsOf('zh-CN');
  const ada = await guest('Ada');
  await ada.pick(t('me.settings'));
  await ada.dialog(t('settings.title')).getByText('简体中文', { exact: true }).click();
  const dialog = ada.dialog(zh('settings.title'));
  await expect(dialog).toBeVisible();
  await expect(ada.page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await ada.page.reload();
  await expect(
    ada.page
      .getByRole('navigation', { name: zh('rooms.title') })
      .or(ada.page.getByRole('button', { name: zh('action.back') })),
  ).toBeVisible();

  const bo = await guest('阿博', { locale: 'zh-CN' });
  await expect(
    bo.page.getByRole('textbox', { name: zh('composer.label', { room: 'General' }) }),
  ).toBeVisible();
});

test('what was not sent when a session ended can be copied, sent on, or deleted', async ({
  guest,
  server,
}) => {
  const ada = await guest('Ada', { permissions: ['clipboard-read', 'clipboard-write'] });
  await ada.tell('sent');
  await server.kill();
  await ada.say('never sent');
  await ada.context.clearCookies();
  await server.start();
  await enter(ada.page, 'Eve');
  const dialog = ada.dialog(t('leftovers.title'));
  await expect(dialog.getByText('never sent')).toBeVisible();
  const copy = dialog.getByRole('button', { name: t('copy.copy') });
  await copy.click();
  await expect(dialog.getByRole('status').filter({ hasText: t('copy.done') })).toHaveCount(1);
  expect(await ada.page.evaluate(() => navigator.clipboard.readText())).toBe('never sent');
  await dialog.getByRole('button', { name: t('leftovers.send', { name: 'Eve' }) }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(() => server.bodies()).toEqual(['sent', 'never sent']);
});
