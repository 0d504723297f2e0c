import { join } from 'node:path';
import { openBrowser } from './desk.js';
import { buildNext, startFront } from './front.js';
import { expect, test } from './fixtures.js';
import { Guest } from './guest.js';
import { kept, readable, settled, versions } from './worker.js';
import { t } from './words.js';

test('the browser finds everything it needs to install it', async ({ server, problems }) => {
  const { context, close } = await openBrowser();
  await problems.watch(context);
  try {
    const page = await context.newPage();
    await page.goto(server.origin);
    await settled(page);
    const devtools = await context.newCDPSession(page);
    const { errors, url, data } = await devtools.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    expect(new URL(url).pathname).toBe('/manifest.webmanifest');
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    expect(installabilityErrors).toEqual([]);
    /** @type {{icons: {src: string, sizes: string, type: string}[]}} */
    const { icons } = JSON.parse(data ?? '');
    for (const { src, sizes } of icons.filter(({ type }) => type === 'image/png')) {
      const drawn = await page.evaluate(async (src) => {
        const image = await createImageBitmap(await (await fetch(src)).blob());
        return `${image.width}x${image.height}`;
      }, src);
      expect(drawn).toBe(sizes);
    }
  } finally {
    await close();
  }
});

test('without a server the page opens at every address, and what is written goes out once @phone', async ({
  server,
  guest,
}) => {
  const ada = await guest('Ada');
  await ada.tell('before the silence');
  await settled(ada.page);
  await readable(ada.page, 'before the silence');
  await server.kill();

  await ada.page.reload();
  await expect(ada.heading).toHaveText('General');
  await expect(ada.message('before the silence')).toBeVisible();
  await ada.say('into the silence');
  await expect(ada.pending).toHaveCount(1);
  // What is only loaded when it is asked for is there as well.
  await ada.page.getByRole('button', { name: t('composer.emoji') }).click();
  const picker = ada.page.getByRole('dialog', { name: t('emoji.title') });
  await picker.getByPlaceholder(t('emoji.search')).fill('teacup');
  await expect(picker.getByRole('button', { name: '🍵' }).first()).toBeVisible();
  await ada.visit('/about');
  await expect(ada.page.getByText(t('about.text'))).toBeVisible();
  await ada.page.getByRole('link', { name: t('about.tester') }).click();
  await expect(ada.heading).toHaveText(t('about.tester'));
  await ada.visit('/tester');
  await expect(ada.heading).toHaveText(t('about.tester'));
  await ada.visit('/rooms/never-seen');
  await expect(ada.page.getByText(t('room.away.title'))).toBeVisible();
  await ada.visit('/');
  await ada.visit('/rooms/general');
  await expect(ada.message('before the silence')).toBeVisible();
  await expect(ada.pending).toHaveCount(1);

  await server.start();
  await ada.hurry();
  await ada.sees(['before the silence', 'into the silence']);
  expect(await server.bodies()).toEqual(['before the silence', 'into the silence']);
});

test('nothing of what people say is in the caches, and nothing of the server goes through them', async ({
  guest,
}) => {
  const ada = await guest('Ada');
  await settled(ada.page);
  await ada.page.reload();
  await ada.tell('between you and me');
  /** @type {string[]} */
  const through = [];
  ada.page.on('response', (answer) => {
    const { pathname } = new URL(answer.url());
    if (answer.fromServiceWorker()) through.push(pathname);
  });
  await ada.page.reload();
  await ada.sees(['between you and me']);
  await ada.page.evaluate(async () => {
    for (const path of ['/api/rooms', '/readyz', '/api/session', '/healthz']) await fetch(path);
  });
  expect(through).toContain('/rooms/general');
  const secret = /^\/(api|ws|readyz|healthz)/;
  expect(through.filter((path) => secret.test(path))).toEqual([]);
  expect((await kept(ada.page)).filter((path) => secret.test(path))).toEqual([]);
  const texts = await ada.page.evaluate(async () => {
    let all = '';
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) all += await (await cache.match(request))?.text();
    }
    return all;
  });
  expect(texts).not.toContain('between you and me');
});

test('a file that is lost on the device comes from the server, and is there again', async ({
  server,
  guest,
}) => {
  const ada = await guest('Ada');
  await settled(ada.page);
  const lost = await ada.page.evaluate(async () => {
    const [name] = await caches.keys();
    const cache = await caches.open(name);
    const script = (await cache.keys()).find(({ url }) => /index-.*\.js$/.test(url));
    if (!script) throw new Error('there is no script');
    await cache.delete(script);
    return new URL(script.url).pathname;
  });
  await ada.page.reload();
  await expect(ada.heading).toHaveText('General');
  await expect.poll(() => kept(ada.page)).toContain(lost);
  await readable(ada.page, 'General');
  await server.kill();
  await ada.page.reload();
  await expect(ada.heading).toHaveText('General');
});

test('where there is no room for the page on the device, it works as without a worker', async ({
  server,
  device,
}) => {
  const context = await device();
  await context.request.post('/api/session', { data: { name: 'Ada' } });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  const quotaSize = 100_000; // less than the scripts, more than what is said here
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize });
  const ada = new Guest(page, 'Ada');
  await ada.visit('/rooms/general');
  const state = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration();
      return Boolean(registration?.active);
    });
  await ada.tell('all the same');
  await page.reload();
  await ada.sees(['all the same']);
  expect(await state()).toBe(false);
  expect(await kept(page)).toEqual([]);
});

test('a new version is announced, and taking it loses no word in any tab', async ({
  server,
  device,
  problems,
}) => {
  test.slow(); // it builds the next version
  const next = await buildNext('second');
  const front = await startFront(server);
  problems.trust(front.origin);
  try {
    const context = await device({ baseURL: front.origin });
    await context.request.post('/api/session', { data: { name: 'Ada' } });
    const one = new Guest(await context.newPage(), 'Ada');
    await one.visit('/rooms/general');
    await settled(one.page);
    await one.createRoom('Second', '');
    const two = await one.tab('/rooms/general');
    const isSecond = (/** @type {Guest} */ { page }) =>
      page.evaluate(() => document.documentElement.dataset.build === 'second');
    const script = await two.page.locator('script[type=module]').first().getAttribute('src');

    front.serve(next.dir);
    await one.page.evaluate(async () => {
      await (await navigator.serviceWorker.ready).update();
    });
    const take = (/** @type {Guest} */ { page }) =>
      page.getByRole('button', { name: t('update.use') });
    await expect(take(one)).toBeVisible();
    await expect(take(two)).toBeVisible();
    await one.page.bringToFront();
    await one.write('half a thought');
    await two.write('another one');

    await take(one).click();
    await expect.poll(() => isSecond(one).catch(() => false)).toBe(true);
    await expect(one.composer).toHaveValue('half a thought');

    // Whoever writes in the other tab is not interrupted, and misses nothing.
    expect(await isSecond(two)).toBe(false);
    await expect(two.composer).toHaveValue('another one');
    const old = await two.page.evaluate(async (src) => (await fetch(src)).status, script ?? '');
    expect(old, 'scripts of the version that the tab still runs').toBe(200);
    await two.write('another one, longer');
    await take(two).click();
    await expect.poll(() => isSecond(two).catch(() => false)).toBe(true);
    await expect(two.composer).toHaveValue('another one, longer');
    await expect(take(two)).toBeHidden();
    await expect.poll(() => versions(two.page), 'the old version is not kept').toBe(1);
  } finally {
    await front.stop();
    await next.remove();
  }
});

test('where there is no client any more, what was kept of it goes by itself', async ({
  server,
  device,
  problems,
}) => {
  const front = await startFront(server);
  problems.trust(front.origin);
  try {
    const context = await device({ baseURL: front.origin });
    const page = await context.newPage();
    await page.goto('/');
    await settled(page);
    front.serve(join(import.meta.dirname, '../../backend/internal/webui/dist/placeholder'));
    await page.reload();
    await expect(page.getByRole('heading', { name: 'The tea is ready' })).toBeVisible();
    expect(await kept(page)).toEqual([]);
    const registrations = () =>
      page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
    await expect.poll(registrations).toBe(0);
  } finally {
    await front.stop();
  }
});
