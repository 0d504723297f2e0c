import { networkInterfaces } from 'node:os';
import { enter, Guest } from './guest.js';
import { expect, test } from './fixtures.js';

const address = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

test.use({ settings: { HOST: '0.0.0.0' } });

test('over plain http on the local network, where browsers withhold much, it works as well', async ({
  server,
  problems,
  device,
}) => {
  test.skip(!address, 'this machine has no address but loopback: nothing to open');
  const origin = `http://${address}:${server.port}`;
  problems.trust(origin);
  const context = await device({ baseURL: origin });
  const page = await context.newPage();
  await page.goto('/');
  expect(
    await page.evaluate(() => [
      window.isSecureContext,
      'randomUUID' in crypto,
      'locks' in navigator,
      'serviceWorker' in navigator,
    ]),
    'what is missing there',
  ).toEqual([false, false, false, false]);

  await enter(page, 'Ada');
  const one = new Guest(page, 'Ada');
  await one.tell('from the first tab');
  const two = await one.tab();
  await two.tell('from the second tab');
  await one.sees(['from the first tab', 'from the second tab']);
  await two.sees(['from the first tab', 'from the second tab']);

  // Without locks the tabs take turns by a lease; still every message goes once.
  await server.kill();
  await one.say('first, into the silence');
  await two.say('second, into the silence');
  await server.start();
  const all = [
    'from the first tab',
    'from the second tab',
    'first, into the silence',
    'second, into the silence',
  ];
  await one.sees(all);
  await two.sees(all);
  expect(await server.bodies()).toEqual(all);

  // A closed tab holds nobody up.
  await one.page.close();
  await two.tell('alone now');
  expect(await server.bodies()).toEqual([...all, 'alone now']);
});
