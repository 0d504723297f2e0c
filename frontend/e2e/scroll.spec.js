import { expect, test } from './fixtures.js';
import { Program } from './program.js';
import { anchorAt, heldAtEnd, holdOlder, scrollBy, settled } from './scrolling.js';
import { t } from './words.js';

/** @import {Guest} from './guest.js' */

/** Of many heights, so that every guess at a height is wrong somewhere. @param {number} count @param {string} [name] */
const lines = (count, name = 'line') =>
  Array.from({ length: count }, (_, at) =>
    `${name} ${at + 1}: ${'lorem ipsum dolor sit amet '.repeat((at * 7) % 23)}`.trim(),
  );

/** What makes a message about 180 px higher. @param {string} text */
const longer = (text) => `${text}${'\nand one more line'.repeat(8)}`;

test.use({ settings: { RATE_LIMITS: 'off' } });

/**
 * Ada looks at a long room; Bob is a program that can do anything to it.
 * @param {{guest: (name: string) => Promise<Guest>}} fixtures
 * @param {number} [count]
 */
async function longRoom({ guest }, count = 120) {
  const bob = await Program.enter((await guest('Bob')).page);
  const ids = await bob.say('general', lines(count));
  const ada = await guest('Ada');
  await expect(ada.list.getByText(`line ${count}:`)).toBeVisible();
  await settled(ada.list);
  return { ada, bob, ids };
}

/** Somewhere in the middle of what is held, all around it measured. @param {Guest} ada */
async function readAbove(ada) {
  await scrollBy(ada.list, -2_400);
  await settled(ada.list);
  await scrollBy(ada.list, 300);
  await settled(ada.list);
}

/**
 * Does something, and what is being read does not move by a pixel in any frame.
 * @param {Guest} ada
 * @param {() => Promise<unknown>} work ends once it shows
 */
async function still(ada, work) {
  const anchor = await anchorAt(ada.list);
  await work();
  await settled(ada.list);
  const { moved, frames } = await anchor.moved();
  expect(moved, `pixels in any of ${frames} frames`).toBe(0);
}

/**
 * Does something, and the end of the list stays where it is in every frame.
 * @param {Guest} ada
 * @param {() => Promise<unknown>} work
 */
async function atTheEnd(ada, work) {
  const watch = await heldAtEnd(ada.list);
  await work();
  await settled(ada.list);
  const { gap, frames } = await watch.worst();
  expect(gap, `pixels from the end in any of ${frames} frames`).toBeLessThanOrEqual(1);
}

/** The number of the message at the top of the window. @param {Guest} ada */
const firstShown = (ada) =>
  ada.list.evaluate((list) => {
    const { top } = list.getBoundingClientRect();
    const shown = [...list.querySelectorAll('article')].find(
      (article) => article.getBoundingClientRect().bottom > top + 1,
    );
    return Number(/line (\d+):/.exec(shown?.textContent ?? '')?.[1]);
  });

test('messages come while at the end: it stays at the end @phone', async ({ guest }) => {
  const { ada, bob } = await longRoom({ guest });
  await atTheEnd(ada, async () => {
    await bob.say('general', ['short', 'a long one '.repeat(60).trim(), '```\ncode\n```', 'last']);
    await expect(ada.message('last')).toBeInViewport();
  });
});

test('a burst of 200 messages while at the end: it stays at the end @phone', async ({ guest }) => {
  const { ada, bob } = await longRoom({ guest });
  await atTheEnd(ada, async () => {
    await bob.say('general', lines(200, 'burst'));
    await expect(ada.list.getByText('burst 200:')).toBeInViewport();
  });
});

test('every guess at a height is wrong by far while at the end: it stays at the end @phone', async ({
  guest,
}) => {
  const { ada, bob } = await longRoom({ guest });
  const table = `| a | b |\n|---|---|\n${'| 1 | 2 |\n'.repeat(20)}`;
  const gaps = `a${'\n'.repeat(40)}b`;
  const deep = Array.from({ length: 12 }, (_, at) => `# ${'W'.repeat(at * 9)}\n- a\n\n> b`);
  await atTheEnd(ada, async () => {
    for (const text of [table, gaps, deep.join('\n'), gaps, table, 'last']) {
      await bob.say('general', [text]);
      await settled(ada.list);
    }
    await expect(ada.message('last')).toBeInViewport();
  });
});

test('the last message grows while at the end: it stays at the end @phone', async ({ guest }) => {
  const { ada, bob, ids } = await longRoom({ guest });
  const last = /** @type {string} */ (ids.at(-1));
  await atTheEnd(ada, async () => {
    await bob.edit('general', last, longer('grown'));
    await expect(ada.list.getByText('grown')).toBeVisible();
  });
  await atTheEnd(ada, async () => {
    await bob.react('general', last, '👍');
    await expect(ada.list.getByRole('button', { name: /^👍/ })).toBeInViewport();
  });
});

test('older messages come at the very top: what is read does not move', async ({ guest }) => {
  const { ada } = await longRoom({ guest }, 300);
  const older = await holdOlder(ada.page);
  await expect(async () => {
    await scrollBy(ada.list, -5_000);
    expect(await ada.list.evaluate((list) => list.scrollTop)).toBe(0);
  }).toPass({ intervals: [0] });
  await settled(ada.list);
  const first = await firstShown(ada);
  await still(ada, async () => {
    await older.release();
    await expect.poll(() => ada.list.evaluate((list) => list.scrollTop)).toBeGreaterThan(1_000);
  });
  expect(await firstShown(ada)).toBe(first);
});

test('a message above is changed, deleted, reacted to: what is read does not move @phone', async ({
  guest,
}) => {
  const { ada, bob, ids } = await longRoom({ guest });
  await readAbove(ada);
  const first = await firstShown(ada);
  const above = (/** @type {number} */ rows) => ids[first - 1 - rows];

  await still(ada, async () => {
    await bob.edit('general', above(2), longer('changed above'));
    await expect(ada.list.getByText('changed above')).toBeAttached();
  });
  await still(ada, async () => {
    await bob.remove('general', above(3));
    await expect(ada.list.getByText(t('messages.deleted'))).toBeAttached();
  });
  await still(ada, async () => {
    await bob.react('general', above(1), '🍵');
    await expect(ada.list.getByRole('button', { name: /^🍵/ })).toBeAttached();
  });
  await still(ada, async () => {
    // One that is cut by the upper edge grows at its end.
    await bob.react('general', above(0), '🎉');
    await expect(ada.list.getByRole('button', { name: /^🎉/ })).toBeAttached();
  });
});

test('far above the window, too, nothing that changes moves it', async ({ guest }) => {
  const { ada, bob, ids } = await longRoom({ guest });
  await readAbove(ada);
  const far = ids[(await firstShown(ada)) - 40] ?? ids[75];
  await still(ada, async () => {
    await bob.edit('general', far, longer('changed far above'));
    await bob.say('general', ['afterwards']);
    await expect(ada.latest).toHaveText(t('messages.latest.count', { count: 1 }));
  });
});

test('a row above grows late, by itself: what is read does not move', async ({ guest }) => {
  const { ada } = await longRoom({ guest });
  await readAbove(ada);
  await still(ada, () =>
    ada.list.evaluate((list) => {
      const { top } = list.getBoundingClientRect();
      const above = [...list.querySelectorAll('article')].findLast(
        (article) => article.getBoundingClientRect().bottom < top,
      );
      /** @type {HTMLElement} */ (above).style.paddingBottom = '180px';
    }),
  );
});

test('code gets its colours, and nothing moves', async ({ guest }) => {
  const { ada, bob } = await longRoom({ guest }, 60);
  const code =
    '```js\nconst long = "a line that goes on and on and on, beyond the edge of any window";\n```';
  let release = () => {};
  const held = new Promise((resolve) => (release = () => resolve(undefined)));
  await ada.page.route(/highlight-[^/]+\.js$/, async (route) => {
    await held;
    await route.continue();
  });
  await bob.say('general', [code, ...lines(12, 'after')]);
  await expect(ada.list.getByText('after 12:')).toBeInViewport();
  await scrollBy(ada.list, -700);
  await settled(ada.list);
  const block = ada.list.locator('pre').first();
  await expect(block).toBeAttached();
  const before = await block.boundingBox();
  await still(ada, async () => {
    release();
    await expect(block.locator('span')).not.toHaveCount(0);
  });
  expect(await block.boundingBox()).toEqual(before);
});

test('older and newer messages in one frame: what is read does not move', async ({ guest }) => {
  const { ada, bob } = await longRoom({ guest }, 300);
  const older = await holdOlder(ada.page);
  await expect(async () => {
    await scrollBy(ada.list, -900);
    expect(older.count()).toBe(1);
  }).toPass({ intervals: [0] });
  await settled(ada.list);
  await still(ada, async () => {
    await Promise.all([older.release(), bob.say('general', lines(5, 'newer'))]);
    await expect(ada.latest).toHaveText(t('messages.latest.count', { count: 5 }));
  });
});

test('to the beginning, far away, and back to the newest @phone', async ({ guest }) => {
  const { ada } = await longRoom({ guest }, 180);
  await ada.list.focus();
  await expect(async () => {
    await ada.page.keyboard.press('Home');
    await expect(ada.list.getByText(t('messages.start', { room: 'General' }))).toBeInViewport({
      timeout: 300,
    });
  }).toPass({ intervals: [0] });
  await settled(ada.list);
  expect(await firstShown(ada)).toBe(1);
  await still(ada, () => ada.page.keyboard.press('ArrowDown'));
  await ada.latest.click();
  await expect(ada.list.getByText('line 180:')).toBeInViewport();
  await settled(ada.list);
  expect(await ada.belowTheEnd()).toBeLessThanOrEqual(1);
});

test('scrolling up slowly from the end is not pulled back @phone', async ({ guest }) => {
  const { ada } = await longRoom({ guest });
  for (let step = 1; step <= 30; step += 1) {
    await scrollBy(ada.list, -20);
    await settled(ada.list);
    const away = await ada.belowTheEnd();
    expect(Math.abs(away - 20 * step), `after ${step} steps`).toBeLessThanOrEqual(1);
  }
});
