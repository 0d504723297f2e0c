import { openBrowser } from './desk.js';
import { expect, test } from './fixtures.js';
import { enter, Guest } from './guest.js';
import { settled } from './worker.js';
import { t } from './words.js';

const code = ['```js', 'const tea = "hot"; // now', '```'].join('\n');

test('the policy is kept to wherever one goes, with the worker installed', async ({
  server,
  guest,
  problems,
}) => {
  test.slow();
  const { context, close } = await openBrowser();
  await problems.watch(context);
  await context.grantPermissions(['notifications'], { origin: server.origin });
  /** @type {Set<string>} */
  const hosts = new Set();
  context.on('request', (request) => hosts.add(new URL(request.url()).host));
  try {
    const page = await context.newPage();
    await page.goto(server.origin);
    await enter(page, 'Ada');
    await settled(page);
    // From here on the page and its scripts come from the worker.
    await page.goto(`${server.origin}/rooms/general`);
    const ada = new Guest(page, 'Ada');
    const bob = await guest('Bob');
    await ada.tell('plain words');
    await ada.write('https://example.org/ is a link');
    await ada.composer.press('Enter');
    await bob.write(code);
    await bob.composer.press('Enter');
    await expect(page.locator('pre code span').first()).toBeVisible();

    await page.getByRole('button', { name: t('composer.emoji') }).click();
    const picker = page.getByRole('dialog', { name: t('emoji.title') });
    await picker.getByPlaceholder(t('emoji.search')).fill('tea');
    await picker.getByRole('button', { name: '🍵' }).first().click();
    await expect(ada.composer).toHaveValue(/🍵/u);
    await ada.composer.press('Enter');
    await expect(ada.pending).toHaveCount(0);

    await ada.message('plain words').hover();
    await page.getByRole('button', { name: t('actions.react', { emoji: '👍' }) }).click();
    await expect(page.getByRole('button', { name: /^👍 1/u })).toBeVisible();

    await ada.pick(t('me.settings'));
    await page.getByRole('radio', { name: t('settings.theme.dark') }).click();
    await page.getByRole('radio', { name: '简体中文' }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
    await page.getByRole('radio', { name: 'English' }).click();
    await page.getByRole('switch', { name: t('notify.show') }).click();
    await page.getByRole('switch', { name: t('notify.sound') }).click();
    await page.keyboard.press('Escape');

    await page.keyboard.press('ControlOrMeta+k');
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await page.keyboard.press('ControlOrMeta+/');
    await expect(page.getByRole('dialog', { name: t('keys.title') })).toBeVisible();
    await page.keyboard.press('Escape');
    await ada.browse();
    await page.keyboard.press('Escape');
    await ada.createRoom('Tea', 'green or black');
    await page.getByRole('button', { name: /^People here/ }).click();

    await ada.go('General');
    const away = await context.newPage();
    await away.bringToFront();
    await bob.tell('while nobody looks');
    const notices = () =>
      page.evaluate(async () => {
        const worker = await navigator.serviceWorker.ready;
        return (await worker.getNotifications()).length;
      });
    await expect.poll(notices).toBe(1);
    await page.bringToFront();

    await ada.pick(t('about.title'));
    await expect(page.getByText(t('about.text'))).toBeVisible();
    await server.kill();
    await page.reload();
    await expect(page.getByText(t('about.text'))).toBeVisible();
    await server.start();
    await page.goto(`${server.origin}/nowhere`);
    await page.goto(`${server.origin}/rooms/not-there`);
    await expect(page.getByText(t('room.missing.title'))).toBeVisible();
    await ada.pick(t('me.leave'));
    await page.getByRole('dialog').getByRole('button').last().click();
    await expect(page.getByRole('textbox', { name: t('welcome.name') })).toBeVisible();
  } finally {
    await close();
  }
  hosts.delete(new URL(server.origin).host);
  expect([...hosts], 'nobody else was asked for anything').toEqual([]);
});

test('what the policy forbids does not happen, and is noticed', async ({ guest, problems }) => {
  const ada = await guest('Ada');
  const { page } = ada;
  await settled(page);
  const refused = (/** @type {() => unknown} */ attempt) =>
    page.evaluate(attempt).then(
      () => null,
      (error) => String(error),
    );
  expect(await refused(() => (document.body.innerHTML += '<b>markup</b>'))).toContain(
    'TrustedHTML',
  );
  expect(
    await refused(() =>
      document.body.append(Object.assign(document.createElement('script'), { text: '1' })),
    ),
  ).toContain('TrustedScript');
  expect(
    await refused(() =>
      /** @type {any} */ (window).trustedTypes.createPolicy('other', { createHTML: String }),
    ),
  ).toContain('disallowed');
  expect(
    await refused(() =>
      /** @type {any} */ (window).trustedTypes.createPolicy('teahouse', { createHTML: String }),
    ),
    'the one policy was made by the page already',
  ).toContain('already exists');
  expect(await refused(() => navigator.serviceWorker.register('/other.js'))).toContain(
    'TrustedScriptURL',
  );
  expect(await refused(() => fetch('https://example.org/'))).toContain('Failed to fetch');
  await expect.poll(() => problems.found.join('\n')).toContain('require-trusted-types-for');
  expect(problems.found.join('\n')).toContain('trusted-types trusted-types-policy');
  expect(problems.found.join('\n')).toContain('connect-src https://example.org/');
  problems.found.length = 0;
});
