import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from './fixtures.js';
import { heapOf, quantile, talkOn, watchPace } from './pace.js';
import { settled } from './scrolling.js';
import { t } from './words.js';

/**
 * @import {Guest} from './guest.js'
 * @import {Pace} from './pace.js'
 */

const MESSAGES = 10_000;
const LOOKS = 20;
const ARRIVING = 50;
const KEYS = Number(process.env.SPEED_KEYS ?? 48);
const LETTERS = 'etaoin shrdlu';
const SWITCHES = Number(process.env.SPEED_SWITCHES ?? 20);

test.use({ settings: { RATE_LIMITS: 'off' } });

/** @param {number} ms */
const ms = (ms) => `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;

/** @param {number[]} values */
const spread = (values) =>
  `p50 ${ms(quantile(values, 0.5))}, p95 ${ms(quantile(values, 0.95))}, worst ${ms(Math.max(...values))}`;

/**
 * The messages in the page: which of all they are by their text, and which row
 * of how many they say they are.
 * @param {Guest} guest
 */
const rowsOf = (guest) =>
  guest.list.getByRole('article').evaluateAll((articles) =>
    articles.map((article) => ({
      message: Number(/message (\d+)/.exec(article.textContent ?? '')?.[1]),
      row: Number(article.getAttribute('aria-posinset')),
      rows: Number(article.getAttribute('aria-setsize')),
    })),
  );

/**
 * Types with real keys, every twelfth an Enter where it `sends`, and answers what
 * the page saw of it.
 * @param {Guest} guest
 * @param {Pace} pace
 * @param {{sends: boolean}} options
 */
async function typeOn(guest, pace, { sends }) {
  await pace.forget();
  await guest.composer.focus();
  for (let press = 1; press <= KEYS; press += 1) {
    await guest.page.keyboard.press(press % 12 === 0 && sends ? 'Enter' : LETTERS[press % 13]);
    await pause(40);
  }
  const seen = async () => {
    const { letters, sends } = await pace.read();
    return letters.length + sends.length;
  };
  await expect.poll(seen, 'each key press is seen on the screen').toBeGreaterThanOrEqual(KEYS);
  const { interactions, ...rest } = await pace.read();
  // The browser tells of no interaction that took less than 16 ms.
  const quick = Array.from({ length: Math.max(0, KEYS - interactions.length) }, () => 15);
  return { ...rest, interactions: [...interactions, ...quick] };
}

// It reports, and fails only where something is wrong on a machine of any speed.
test(`${MESSAGES} messages in the room and ${ARRIVING} arriving each second: how fast it is @alone`, async ({
  device,
  guest,
}, info) => {
  test.setTimeout(240_000);
  const program = await device();
  await program.request.post('/api/session', { data: { name: 'Program' } });
  const elsewhere = await program.newPage();
  await elsewhere.goto('/healthz');
  const general = await talkOn(elsewhere, 'general');
  await general.all(Array.from({ length: MESSAGES }, (_, at) => `message ${at + 1}`));

  const ada = await guest('Ada');
  await ada.createRoom('Tea');
  const tea = await talkOn(elsewhere, 'tea');
  await tea.all(Array.from({ length: 200 }, (_, at) => `tea ${at + 1}`));
  await ada.go('General');
  const session = await ada.context.newCDPSession(ada.page);
  await session.send('Performance.enable');
  const heap = [await heapOf(session)];

  // All the way up: now the client holds all of it.
  const start = ada.list.getByText(t('messages.start', { room: 'General' }));
  await expect(async () => {
    await ada.list.evaluate((list) => {
      list.scrollTop = 0;
    });
    await expect(start).toBeVisible({ timeout: 1 });
  }).toPass({ intervals: [0], timeout: 120_000 });
  await settled(ada.list);
  heap.push(await heapOf(session));

  // Wherever one looks stands what belongs there: all of them, once, in order.
  const [{ rows }] = await rowsOf(ada);
  const above = rows - MESSAGES;
  for (let look = 0; look <= LOOKS; look += 1) {
    await ada.list.evaluate((list, share) => {
      list.scrollTop = share * list.scrollHeight;
    }, look / LOOKS);
    await settled(ada.list);
    const seen = await rowsOf(ada);
    expect(seen.length, 'rows in the page').toBeLessThan(100);
    expect(seen.length, 'rows in the page').toBeGreaterThan(5);
    const wrong = seen.filter(({ message, row }) => row !== message + above);
    expect(wrong, 'out of order').toEqual([]);
  }
  await expect(ada.message(`message ${MESSAGES}`)).toBeVisible();

  const pace = await watchPace(ada.page);
  await ada.list.evaluate((list) => {
    list.scrollTop = list.scrollHeight / 2;
  });
  await general.start(ARRIVING, 'one more {n}');
  await expect(ada.latest).toBeVisible();
  const above10k = await typeOn(ada, pace, { sends: false });
  heap.push(await heapOf(session));
  await ada.latest.click();
  await expect(ada.latest).toBeHidden();
  await ada.write('');
  const atEnd = await typeOn(ada, pace, { sends: true });

  await pace.forget();
  /** @type {number[]} */
  const switches = [];
  for (let round = 0; round < SWITCHES / 2; round += 1) {
    switches.push(await pace.visit('/rooms/tea', 'tea 200'));
    await pause(100);
    switches.push(await pace.visit('/rooms/general', 'one more'));
    await pause(100);
  }
  const switching = await pace.read();
  const said = await general.stop();
  await expect(ada.message(`one more ${said - MESSAGES}`)).toBeAttached();
  heap.push(await heapOf(session));

  /** @param {number[]} tasks */
  const long = (tasks) =>
    tasks.length === 0
      ? 'none'
      : `${tasks.length}, worst ${ms(Math.max(...tasks))}, ${ms(tasks.reduce((sum, took) => sum + took, 0))} in all`;
  const report = {
    'typing, reading in the middle of all': '',
    '  interaction to next paint': spread(above10k.interactions),
    '  key press to screen': spread(above10k.letters),
    '  long tasks': long(above10k.tasks),
    'typing and sending, at the end': '',
    '  interaction to next paint ': spread(atEnd.interactions),
    '  key press to screen ': spread(atEnd.letters),
    '  Enter to own message on screen': spread(atEnd.sends),
    '  long tasks ': long(atEnd.tasks),
    'room switch from cache': spread(switches),
    '  long tasks  ': long(switching.tasks),
    'heap: newest page, all held, all held and typing, end': heap
      .map((mb) => `${mb.toFixed(1)} MB`)
      .join(', '),
  };
  console.log(
    [
      `speed: ${MESSAGES} messages, ${ARRIVING} a second, ${KEYS} keys each, ${SWITCHES} switches`,
      ...Object.entries(report).map(([what, found]) => `  ${what.padEnd(36)} ${found}`),
    ].join('\n'),
  );
  await info.attach('speed', {
    body: JSON.stringify({ report, above10k, atEnd, switches, heap }, null, 2),
    contentType: 'application/json',
  });
  for (const seen of [above10k.letters, atEnd.letters, atEnd.sends]) {
    expect(seen.length).toBeGreaterThan(0);
  }
  expect(switches).toHaveLength(SWITCHES);
});
