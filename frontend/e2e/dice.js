/**
 * Numbers by chance that come again with the same seed (mulberry32).
 * @param {number} seed
 */
export function dice(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    /** From 0 up to, but not including, `end`. @param {number} end */
    below: (end) => Math.floor(next() * end),

    /** Yes, this often. @param {number} share between 0 and 1 */
    yes: (share) => next() < share,
  };
}

/** @typedef {ReturnType<typeof dice>} Dice */
