import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from './fixtures.js';
import { dice } from './dice.js';
import { heldOnDisk, rendererOf } from './device.js';
import { Guest } from './guest.js';

/**
 * @import {BrowserContext, LaunchOptions} from '@playwright/test'
 * @import {Dice} from './dice.js'
 */

const KILLS = Number(process.env.RENDERER_KILLS ?? 50);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

/** So many people type side by side, each in a browser of their own. */
const PEOPLE = ['Ada', 'Bob'];

/** What was typed before this is promised to be there. */
const KEPT_AFTER = 250;

/** Where others use the processors too, nobody can keep a promise for the time they stand still. */
const stalls = monitorEventLoopDelay({ resolution: 5 });

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/**
 * What the box held after a key press, and what had been sent by then; `at` is
 * when the browser had taken the key, or before all time where it is promised
 * to be safe already: what shows in the list is.
 * @typedef {{at: number, text: string, sent: string[]}} Moment
 */

/**
 * Types and sends with real keys as the dice will have it, and stops at some
 * moment after the last one, or in the middle of it.
 * @param {Guest} guest
 * @param {Dice} dice
 * @param {Set<string>} used no two messages are alike
 */
async function type(guest, dice, used) {
  const { keyboard } = guest.page;
  /** @type {Moment[]} */
  const moments = [{ at: -Infinity, text: await guest.composer.inputValue(), sent: [] }];
  for (let left = dice.below(12); left >= 0; left -= 1) {
    let { text, sent } = /** @type {Moment} */ (moments.at(-1));
    let shown = false;
    if (dice.yes(0.4)) await pause(dice.below(80));
    const sends = text.length > 3 && !used.has(text) && dice.yes(0.3);
    const key = sends ? 'Enter' : LETTERS[dice.below(LETTERS.length)];
    const pressed = keyboard.press(key);
    if (left > 0 || dice.yes(0.5)) await pressed;
    else pressed.catch(() => {}); // death comes first
    if (sends) {
      if (left > 0 && dice.yes(0.3)) {
        await expect(guest.message(text)).toBeVisible();
        shown = true;
      }
      used.add(text);
      sent = [...sent, text];
      text = '';
    } else {
      text += key;
    }
    moments.push({ at: shown ? -Infinity : performance.now(), text, sent });
  }
  // Half of them die at once, the others while it is being kept, or later.
  await pause(dice.yes(0.5) ? dice.below(20) : dice.below(500));
  return moments;
}

/**
 * Somebody whose page dies again and again, and what is left each time.
 * @param {BrowserContext} context
 * @param {string} name
 * @param {{dice: Dice, kills: number, room: () => Promise<string[]>, enough: AbortSignal}} options `room`: what they have said in it
 */
async function live(context, name, { dice, kills, room, enough }) {
  const counts = { kills, keys: 0, messages: 0, 'messages under way': 0, 'drafts unsaved': 0 };
  /** @type {Set<string>} */
  const used = new Set();
  /** @type {string[]} */
  const said = [];
  let guest = new Guest(await context.newPage(), name);
  await guest.visit('/rooms/general');

  for (let round = 1; round <= kills && !enough.aborted; round += 1) {
    await guest.composer.press('Control+End');
    const renderer = await rendererOf(guest.page);
    stalls.reset();
    const moments = await type(guest, dice, used);
    const at = performance.now();
    await renderer.kill();
    const promised = KEPT_AFTER + stalls.max / 1e6;
    await guest.page.close();

    guest = new Guest(await context.newPage(), name);
    await guest.visit('/rooms/general');
    const box = await guest.composer.inputValue();
    await expect.poll(() => heldOnDisk(guest.page, 'outbox')).toBe(0);
    const kept = (await room()).slice(said.length);

    const safe = moments.findLastIndex((moment) => at - moment.at >= promised);
    const last = /** @type {Moment} */ (moments.at(-1));
    const story = JSON.stringify({
      kill: round,
      pressed: moments.slice(1).map((moment) => [Math.round(at - moment.at), moment.text]),
      kept,
      box,
    });
    expect(kept, `in order, none twice, none of others: ${story}`).toEqual(
      last.sent.slice(0, kept.length),
    );
    expect(
      moments
        .slice(safe)
        .filter(({ sent }) => sent.length === kept.length)
        .map(({ text }) => text),
      `room and box as they were at one moment, less than ${Math.ceil(promised)} ms ago: ${story}`,
    ).toContain(box);

    said.push(...kept);
    counts.keys += moments.length - 1;
    counts.messages += kept.length;
    counts['messages under way'] += Number(last.sent.length > moments[safe].sent.length);
    counts['drafts unsaved'] += Number(box !== last.text);
  }
  await guest.page.reload();
  expect(await room(), 'all of it, once, in order').toEqual(said);
  return counts;
}

test.describe('the renderer dies', () => {
  test.setTimeout(60_000 + KILLS * 5_000);

  test(`at ${KILLS} moments: nothing typed longer ago than ${KEPT_AFTER} ms is lost, nothing sent twice @alone`, async ({
    playwright,
    launchOptions,
    problems,
    server,
  }, info) => {
    console.log(`renderer kills: SEED=${SEED} RENDERER_KILLS=${KILLS}`);
    stalls.enable();
    const enough = new AbortController();
    const lives = PEOPLE.map(async (name, nth) => {
      const browser = await playwright.chromium.launch(
        /** @type {LaunchOptions} */ (launchOptions),
      );
      try {
        const context = await browser.newContext({ baseURL: server.origin });
        await problems.watch(context);
        await context.request.post('/api/session', { data: { name } });
        return await live(context, name, {
          dice: dice(SEED + nth),
          kills: Math.ceil((KILLS - nth) / PEOPLE.length),
          enough: enough.signal,
          room: async () =>
            (await server.history()).flatMap(({ user, body }) =>
              user.name === name ? [body ?? ''] : [],
            ),
        });
      } catch (error) {
        enough.abort();
        throw error;
      } finally {
        await browser.close();
      }
    });
    await Promise.allSettled(lives);
    const counts = await Promise.all(lives);
    const sums = Object.keys(counts[0]).map((key) => {
      const sum = counts.reduce((sum, count) => sum + count[/** @type {'kills'} */ (key)], 0);
      return `${sum} ${key}`;
    });
    const summary = `seed ${SEED}: ${sums.join(', ')}`;
    console.log(`renderer kills, ${summary}`);
    info.annotations.push({ type: 'renderer kills', description: summary });
  });
});
