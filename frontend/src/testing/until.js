import { vi } from 'vitest';

const STEPS = 2_000;

/**
 * Lets faked time and the real event loop run until `condition` holds. Time goes
 * on in steps of `step` milliseconds; the database and promises get their turns.
 * @param {() => unknown} condition
 * @param {number} [step]
 */
export async function until(condition, step = 50) {
  for (let i = 0; i < STEPS; i += 1) {
    if (await condition()) return;
    await vi.advanceTimersByTimeAsync(step);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  throw new Error(`this never came true: ${condition}`);
}

/** What is faked: all that measures time, but not what the database runs on.
 * @type {NonNullable<Parameters<typeof vi.useFakeTimers>[0]>} */
export const clock = {
  toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'],
};
