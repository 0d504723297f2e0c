import { expect, test } from './fixtures.js';
import { crash, draftsOnDisk, watchDraft } from './device.js';
import { t } from './words.js';

test('three tabs of one person: each message shows in all, and is sent by one', async ({
  server,
  guest,
}) => {
  const one = await guest('Ada');
  const bob = await guest('Bob');
  const two = await one.tab();
  const three = await one.tab();
  await one.tell('from the first');
  await three.tell('from the third');
  await bob.tell('from Bob');
  const all = ['from the first', 'from the third', 'from Bob'];
  for (const tab of [one, two, three, bob]) await tab.sees(all);
  expect(await server.bodies()).toEqual(all);
});

test('three tabs write while the server is down: every message goes once', async ({
  server,
  guest,
}) => {
  const one = await guest('Ada');
  const tabs = [one, await one.tab(), await one.tab()];
  await server.kill();
  const written = [];
  for (const [at, tab] of tabs.entries()) {
    await tab.say(`from tab ${at}`);
    written.push(`from tab ${at}`);
  }
  for (const tab of tabs) await expect(tab.pending, 'each tab shows what all wrote').toHaveCount(3);
  await server.start();
  for (const tab of tabs) await tab.seesAgain(written);
  expect(await server.bodies()).toEqual(written);
});

test('the tab that sends is killed in the middle: another one goes on, and nothing goes twice', async ({
  server,
  guest,
}) => {
  const one = await guest('Ada');
  const bob = await guest('Bob');
  const two = await one.tab();
  const three = await one.tab();
  const written = [];
  for (const [round, tab] of [one, two].entries()) {
    await server.kill();
    for (let nth = 1; nth <= 5; nth += 1) {
      written.push(`${round + 1}.${nth}`);
      await tab.say(`${round + 1}.${nth}`);
    }
    // It dies while what it wrote is leaving.
    await server.start();
    await three.hurry();
    await expect.poll(async () => (await server.bodies()).length).toBeGreaterThan(round * 5);
    await crash(tab.page);
    await three.seesAgain(written);
  }
  await bob.seesAgain(written);
  expect(await server.bodies()).toEqual(written);
});

test('what was read in one tab is read in the others', async ({ guest }) => {
  const one = await guest('Ada');
  await one.createRoom('Tea');
  const two = await one.tab('/rooms/tea');
  const bob = await guest('Bob');
  await bob.tell('anybody there?');
  await expect.poll(() => one.unread('General')).toBe(1);
  await expect.poll(() => two.unread('General')).toBe(1);
  await one.go('General');
  await expect.poll(() => two.unread('General')).toBe(0);
});

test.describe('a server that takes less than it said', () => {
  test('a message refused for good says why, and offers Retry and Delete', async ({
    server,
    guest,
  }) => {
    const ada = await guest('Ada');
    const bob = await guest('Bob');
    const long = 'a good long word about tea. '.repeat(10);
    const longer = `and ${long}`;
    await server.kill();
    await ada.say(long.trim());
    await ada.say(longer.trim());
    await ada.say('a short one');
    await server.start({ LIMIT_BODY: '100' });

    await expect(async () => {
      await ada.hurry();
      await expect(ada.failed).toHaveCount(2, { timeout: 500 });
    }).toPass();
    await expect(ada.failed.first()).toContainText(t('messages.failed.too_long'));
    await bob.seesAgain(['a short one']);

    await ada.failed
      .nth(1)
      .getByRole('button', { name: t('messages.delete') })
      .click();
    await expect(ada.failed).toHaveCount(1);
    await ada.page.reload();
    await expect(ada.failed, 'what failed is kept').toHaveCount(1);

    await server.kill();
    await server.start({ LIMIT_BODY: '32768' });
    await expect(async () => {
      await ada.hurry();
      await ada.failed.getByRole('button', { name: t('messages.retry') }).click({ timeout: 500 });
      await expect(ada.failed).toHaveCount(0, { timeout: 500 });
    }).toPass();
    await bob.seesAgain(['a short one', long.trim()]);
    await ada.sees(['a short one', long.trim()]);
    expect(await server.bodies()).toEqual(['a short one', long.trim()]);
  });
});

test('too long a text is counted, never sent, never lost', async ({ server, guest }) => {
  const ada = await guest('Ada');
  const limit = 32_768;
  await ada.write('茶'.repeat(10_600));
  await expect(ada.page.getByText(t('composer.left', { count: limit - 31_800 }))).toBeVisible();
  await ada.write('茶'.repeat(10_923));
  await expect(ada.page.getByText(t('composer.over', { count: 1 }))).toBeVisible();
  await ada.composer.press('Enter');
  await expect(ada.composer).toHaveValue('茶'.repeat(10_923));
  await ada.write('茶'.repeat(10_922));
  await ada.composer.press('Enter');
  await expect(ada.composer).toHaveValue('');
  await expect
    .poll(async () => (await server.bodies()).map((body) => body?.length))
    .toEqual([10_922]);
});

test('drafts: one for each room, kept over switching and reloading @phone', async ({ guest }) => {
  const ada = await guest('Ada');
  await ada.createRoom('Tea');
  await ada.write('half a thought about tea');
  await ada.go('General');
  await expect(ada.composer).toHaveValue('');
  await ada.write('half a thought about all');
  await ada.go('Tea');
  await expect(ada.composer).toHaveValue('half a thought about tea');
  await expect.poll(() => draftsOnDisk(ada.page)).toBe(2);
  await ada.page.reload();
  await expect(ada.composer).toHaveValue('half a thought about tea');
  await ada.go('General');
  await expect(ada.composer).toHaveValue('half a thought about all');
  await ada.composer.press('Enter');
  await expect(ada.message('half a thought about all')).toBeVisible();
  await ada.page.reload();
  await ada.sees(['half a thought about all']);
  await expect(ada.composer).toHaveValue('');
});

test('a draft is on the disk within 250 ms of a key press, and survives a crash @alone', async ({
  guest,
}) => {
  const ada = await guest('Ada');
  /** @type {number[]} */
  const took = [];
  for (const text of ['a', 'ab', 'abc', 'abcd', 'abcde']) {
    const saved = await watchDraft(ada.page, text);
    await ada.composer.press(/** @type {string} */ (text.at(-1)));
    took.push(await saved());
  }
  const median = took.toSorted((a, b) => a - b)[2];
  expect(median, `of ${took.map(Math.round)} ms`).toBeLessThanOrEqual(250);

  await crash(ada.page);
  const again = await ada.tab();
  await expect(again.composer).toHaveValue('abcde');
});
