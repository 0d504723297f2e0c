import { expect, test } from './fixtures.js';
import { sayAll } from './network.js';
import { anchorAt, holdOlder, scrollBy, settled, sparing } from './scrolling.js';
import { t } from './words.js';

/** Of many heights, so that every guess at a height is wrong somewhere. @param {number} count */
const lines = (count) =>
  Array.from({ length: count }, (_, at) =>
    `line ${at + 1}: ${'lorem ipsum dolor sit amet '.repeat((at * 7) % 23)}`.trim(),
  );

test.use({ settings: { RATE_LIMITS: 'off' } });

test('older pages come while scrolling up, and what is read does not move @phone', async ({
  guest,
}) => {
  const bob = await guest('Bob');
  const all = lines(300);
  await sayAll(bob.page, 'general', all);
  const ada = await guest('Ada', { before: sparing });
  await expect(ada.message(all[299])).toBeVisible();
  await settled(ada.list);
  const asked = await holdOlder(ada.page);

  for (let page = 1; page <= 3; page += 1) {
    await expect(async () => {
      await scrollBy(ada.list, -900);
      expect(asked.count()).toBe(page);
    }).toPass({ intervals: [0] });
    await settled(ada.list);
    const anchor = await anchorAt(ada.list);
    const rows = await ada.list.getByRole('article').first().getAttribute('aria-setsize');
    await asked.release();
    await expect(ada.list.getByRole('article').first()).not.toHaveAttribute(
      'aria-setsize',
      /** @type {string} */ (rows),
    );
    await settled(ada.list);
    const { moved, frames } = await anchor.moved();
    expect(moved, `page ${page}: pixels in any of ${frames} frames`).toBe(0);
  }
  await expect(async () => {
    await scrollBy(ada.list, -4_000);
    await expect(ada.list.getByText(t('messages.start', { room: 'General' }))).toBeVisible({
      timeout: 100,
    });
  }).toPass({ intervals: [0] });
  await expect(ada.message(all[0])).toBeVisible();
});

test('at the end it stays at the end; above it nothing moves, and a button counts @phone', async ({
  guest,
}) => {
  const bob = await guest('Bob');
  const before = lines(60);
  await sayAll(bob.page, 'general', before);
  const ada = await guest('Ada');
  await expect(ada.message(before[59])).toBeInViewport();
  for (const text of ['short', 'a long one '.repeat(60).trim(), 'last']) {
    await bob.tell(text);
    await expect(ada.message(text)).toBeInViewport({ ratio: 0.9 });
  }
  await settled(ada.list);
  expect(await ada.belowTheEnd()).toBeLessThanOrEqual(1);
  await expect(ada.latest).toBeHidden();

  await scrollBy(ada.list, -1_500);
  await expect(ada.latest).toBeVisible();
  await settled(ada.list);
  const anchor = await anchorAt(ada.list);
  await bob.tell('unseen one');
  await bob.tell('unseen two '.repeat(40).trim());
  await expect(ada.latest).toHaveText(t('messages.latest.count', { count: 2 }));
  await settled(ada.list);
  expect((await anchor.moved()).moved).toBe(0);

  await ada.latest.click();
  await expect(ada.message('unseen two '.repeat(40).trim())).toBeInViewport();
  await settled(ada.list);
  expect(await ada.belowTheEnd()).toBeLessThanOrEqual(1);
  await expect(ada.latest).toBeHidden();
});

test('what one sends is shown, wherever one was reading', async ({ guest }) => {
  const ada = await guest('Ada');
  await sayAll(ada.page, 'general', lines(60));
  await expect(ada.message(lines(60)[59])).toBeInViewport();
  await settled(ada.list);
  await scrollBy(ada.list, -1_500);
  await expect(ada.latest).toBeVisible();
  await ada.say('here');
  await expect(ada.message('here')).toBeInViewport();
  await expect(ada.latest).toBeHidden();
});

test('only what is near the window is in the page', async ({ guest }) => {
  const ada = await guest('Ada');
  await sayAll(ada.page, 'general', lines(200));
  await ada.page.reload();
  await expect(ada.message(lines(200)[199])).toBeInViewport();
  expect(await ada.list.getByRole('article').count()).toBeLessThan(60);
});

test('a room resumes after a long absence without a hole', async ({ server, guest }) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  await ada.tell('the last that Ada saw');
  await ada.context.setOffline(true);
  const missed = Array.from({ length: 120 }, (_, at) => `missed ${at + 1}`);
  await sayAll(bob.page, 'general', missed);
  await ada.context.setOffline(false);
  await expect(ada.message('missed 1'), 'reading goes on where it ended').toBeInViewport();
  await expect(ada.message('the last that Ada saw')).toBeVisible();
  await ada.latest.click();
  await expect(ada.message('missed 120')).toBeInViewport();
  await expect(ada.list.getByRole('article').last()).toHaveAttribute('aria-setsize', /12[1-9]/);
  expect(await server.bodies()).toEqual(['the last that Ada saw', ...missed]);
});
