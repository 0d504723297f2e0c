import { clip } from '../../lib/text.js';

/** So much of an item is told where it is read aloud; the rest stands on the list. */
const LONGEST = 80;

/** @param {string} item */
export const told = (item) => clip(item, LONGEST);
