import { CLOSE } from './frames.js';

const BASE = 500;
const CAP = 30_000;
const OVERLOADED_LEAST = 5_000;

/**
 * How long to wait before the next attempt. Full jitter: anything between
 * nothing and a bound that doubles, so clients that lost a server together
 * do not come back together.
 * @param {number} attempt how many attempts failed since it last went well
 * @param {{code?: number, hint?: number}} closed what the server said when it closed
 * @param {() => number} random
 * @returns {number} milliseconds
 */
export function backoff(attempt, closed, random) {
  const spread = random() * Math.min(CAP, BASE * 2 ** Math.min(attempt, 10));
  if (closed.hint !== undefined) return closed.hint + spread;
  if (closed.code === CLOSE.overloaded || closed.code === CLOSE.withdrawn) {
    return OVERLOADED_LEAST + spread;
  }
  return spread;
}
