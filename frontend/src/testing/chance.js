/**
 * Chance that comes out the same for the same seed, so that a test that failed
 * fails again.
 * @param {number} seed
 */
export function chance(seed) {
  let state = seed;
  /** At least 0, less than 1. */
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    random,
    /** @param {number} below */
    number: (below) => Math.floor(random() * below),
    /** @template T @param {T[]} list @returns {T} */
    pick: (list) => list[Math.floor(random() * list.length)],
    /** @param {number} part of 1 */
    happens: (part) => random() < part,
  };
}
