/**
 * What stands under names that others chose. It has no prototype, so a room
 * called `constructor` is not there until somebody puts it there.
 * @template T
 * @param {...Record<string, T>} parts later ones win
 * @returns {Record<string, T>}
 */
export const record = (...parts) => Object.assign(Object.create(null), ...parts);
