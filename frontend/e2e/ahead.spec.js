import { expect, test } from './fixtures.js';
import { sayAll } from './network.js';
import { heldAtEnd, scrollBy, settled } from './scrolling.js';
import { readable, settled as installed } from './worker.js';
import { t } from './words.js';

/** @param {string} room @param {number} count */
const lines = (room, count) => Array.from({ length: count }, (_, at) => `${room} ${at + 1}`);

test.use({ settings: { RATE_LIMITS: 'off' } });

test('rooms that were never opened here can be read without a server', async ({
  server,
  guest,
}) => {
  const bob = await guest('Bob');
  await bob.createRoom('Tea');
  await bob.createRoom('Cake');
  const ada = await guest('Ada', { path: '/about' });
  for (const room of ['tea', 'cake']) {
    await ada.context.request.put(`/api/rooms/${room}/members/me`, {
      headers: { 'Content-Type': 'application/json' },
    });
  }
  for (const room of ['general', 'tea', 'cake']) await sayAll(bob.page, room, lines(room, 220));

  await ada.visit('/rooms/general');
  await expect(ada.message('general 220')).toBeVisible();
  await installed(ada.page);
  // The oldest of the 200 newest is on the disk, and can be shown.
  for (const room of ['general', 'tea', 'cake']) await readable(ada.page, `"${room} 20"`);
  await ada.seeRooms();
  expect(await ada.unread('Tea')).toBe(220);
  await server.kill();

  await ada.page.reload();
  for (const [id, name] of [
    ['general', 'General'],
    ['cake', 'Cake'],
    ['tea', 'Tea'],
  ]) {
    await ada.visit(`/rooms/${id}`);
    await expect(ada.heading).toHaveText(name);
    // It opens where reading ended, or at the newest.
    await expect(async () => {
      if (await ada.latest.isVisible()) await ada.latest.click({ timeout: 500 });
      await expect(ada.message(`${id} 220`)).toBeInViewport({ timeout: 500 });
    }).toPass();
    await expect(async () => {
      await scrollBy(ada.list, -20_000);
      await expect(ada.message(`${id} 21`)).toBeVisible({ timeout: 100 });
    }).toPass({ intervals: [0] });
  }
});

test('who looks at the newest message sees nothing of what is read ahead @phone', async ({
  guest,
}) => {
  const bob = await guest('Bob');
  await sayAll(bob.page, 'general', lines('line', 220));
  const ada = await guest('Ada');
  await expect(ada.message('line 220')).toBeInViewport();
  await settled(ada.list);
  const end = await heldAtEnd(ada.list);
  await expect
    .poll(async () =>
      Number(await ada.list.getByRole('article').last().getAttribute('aria-setsize')),
    )
    .toBeGreaterThanOrEqual(200);
  await settled(ada.list);
  const { gap, frames } = await end.worst();
  expect(gap, `pixels in any of ${frames} frames`).toBeLessThanOrEqual(1);
  await expect(ada.list.getByText(t('messages.older.failed'))).toBeHidden();
});
