import { expect, test } from './fixtures.js';
import { loseAnswers, refuseSockets } from './network.js';
import { fixedWords, t } from './words.js';

test('kill -9 and a restart between: both come back by themselves and miss nothing', async ({
  server,
  guest,
}) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  await ada.tell('before, from Ada');
  await bob.tell('before, from Bob');

  await server.kill();
  await expect(ada.page.getByRole('status').filter({ hasText: /./ })).toBeVisible();
  await expect(bob.page.getByRole('status').filter({ hasText: /./ })).toBeVisible();
  await ada.say('while it was down, from Ada');
  await expect(ada.pending).toHaveCount(1);
  await expect(ada.message('before, from Bob'), 'what was there stays').toBeVisible();

  await server.start();
  await expect(ada.banner).toBeHidden();
  await expect(bob.banner).toBeHidden();
  await expect(bob.message('while it was down, from Ada')).toBeVisible();
  await bob.tell('after, from Bob');
  const all = [
    'before, from Ada',
    'before, from Bob',
    'while it was down, from Ada',
    'after, from Bob',
  ];
  await ada.sees(all);
  await bob.sees(all);
  expect(await server.bodies()).toEqual(all);
});

test('five kills while both write: every message once, in one order, on both', async ({
  server,
  guest,
}) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  const written = [];
  for (let round = 1; round <= 5; round += 1) {
    for (const person of [ada, bob]) {
      await person.write(`${person.name} ${round}`);
      written.push(`${person.name} ${round}`);
    }
    await Promise.all([ada.composer.press('Enter'), bob.composer.press('Enter'), server.kill()]);
    await server.start();
  }
  await expect(async () => {
    await Promise.all([ada.hurry(), bob.hurry()]);
    expect(await server.bodies()).toHaveLength(written.length);
  }).toPass();
  const kept = await server.bodies();
  expect(kept.toSorted()).toEqual(written.toSorted());
  await ada.sees(kept);
  await bob.sees(kept);
});

test('offline is said, writing goes on, and all of it leaves once back @phone', async ({
  server,
  guest,
}) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  await ada.tell('online');
  await ada.context.setOffline(true);
  await expect(ada.page.getByText(fixedWords('banner.offline'))).toBeVisible();
  await ada.say('offline one');
  await ada.say('offline two');
  await expect(ada.pending).toHaveCount(2);
  await expect(ada.pending.first()).toContainText(t('messages.waiting'));
  await bob.tell('meanwhile');

  await ada.context.setOffline(false);
  const all = ['online', 'meanwhile', 'offline one', 'offline two'];
  await ada.sees(all);
  await bob.sees(all);
  await expect(ada.banner).toBeHidden();
  expect(await server.bodies()).toEqual(all);
});

test('offline, written, tab closed, opened again, online: exactly one copy arrives', async ({
  server,
  guest,
}) => {
  const ada = await guest('Ada');
  const bob = await guest('Bob');
  await ada.tell('online');
  await ada.context.setOffline(true);
  await ada.say('kept on this device');
  await expect(ada.pending).toHaveCount(1);
  await ada.page.close();

  await ada.context.setOffline(false);
  const again = await ada.tab();
  await again.sees(['online', 'kept on this device']);
  await bob.sees(['online', 'kept on this device']);
  await again.page.reload();
  await again.sees(['online', 'kept on this device']);
  expect(await server.bodies()).toEqual(['online', 'kept on this device']);
});

test('the server is down, the tab is closed: the message waits and shows until it may go', async ({
  server,
  guest,
}) => {
  const ada = await guest('Ada');
  await ada.tell('before');
  await server.kill();
  await ada.say('written to nobody');
  await expect(ada.pending).toHaveCount(1);
  await ada.page.close();
  await server.start();

  // The page loads, the socket does not open yet.
  const open = await refuseSockets(ada.context);
  const again = await ada.tab();
  await expect(again.pending).toHaveText(/written to nobody/);
  expect(await server.bodies()).toEqual(['before']);

  open();
  await again.sees(['before', 'written to nobody']);
  expect(await server.bodies()).toEqual(['before', 'written to nobody']);
});

test('an answer is lost and the server killed: the same id goes again, and counts once', async ({
  server,
  guest,
}) => {
  /** @type {Awaited<ReturnType<typeof loseAnswers>> | undefined} */
  let wire;
  const bob = await guest('Bob');
  const ada = await guest('Ada', {
    async before(page) {
      wire = await loseAnswers(page, { times: 1, meanwhile: server.kill });
    },
  });
  await ada.say('did you hear me?');
  await expect.poll(() => wire?.lost).toBe(1);
  await server.start();

  await bob.sees(['did you hear me?']);
  await ada.sees(['did you hear me?']);
  await expect.poll(() => wire?.answered).toBe(1);
  expect(wire?.ids).toHaveLength(2);
  expect(new Set(wire?.ids).size).toBe(1);
  expect(await server.bodies()).toEqual(['did you hear me?']);
});

test('answers are lost again and again: one id, one message', async ({ server, guest }) => {
  /** @type {Awaited<ReturnType<typeof loseAnswers>> | undefined} */
  let wire;
  const ada = await guest('Ada', {
    async before(page) {
      wire = await loseAnswers(page, { times: 3 });
    },
  });
  await ada.say('four times');
  await expect.poll(() => wire?.answered).toBe(1);
  await ada.sees(['four times']);
  expect(wire?.ids).toHaveLength(4);
  expect(new Set(wire?.ids).size).toBe(1);
  await ada.tell('and on');
  expect(await server.bodies()).toEqual(['four times', 'and on']);
});
