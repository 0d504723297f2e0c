/**
 * How well a name fits what somebody types to find it: letters in order, best
 * where they stand together and at the beginnings of words. Case, accents and
 * width do not count. Works on any script: a Chinese name is found by any of
 * its characters.
 */

/** @typedef {{score: number, marks: [number, number][]}} Fit `marks`: from, to, in code points of the text */

const EXACT = 100;
const START = 60;
const WORD = 45;
const INSIDE = 30;
const SCATTERED = 10;

/** So many texts are kept in the form they are compared in; each key press asks for all of them. */
const KEPT = 4_000;
/** @type {Map<string, string[]>} */
const folded = new Map();

/**
 * Each code point as it is compared; one for one, so that places stay the same.
 * @param {string} text
 * @returns {string[]}
 */
function fold(text) {
  const known = folded.get(text);
  if (known) return known;
  const letters = Array.from(text, (letter) =>
    letter.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase(),
  );
  if (folded.size >= KEPT) folded.clear();
  folded.set(text, letters);
  return letters;
}

/** @param {string} letter */
const joins = (letter) => /[\p{L}\p{N}]/u.test(letter);

/** Whether a word begins here. @param {string[]} letters @param {number} at */
const opensWord = (letters, at) => at === 0 || !joins(letters[at - 1]);

/**
 * @param {string[]} letters
 * @param {string[]} wanted
 * @returns {Fit | null}
 */
function together(letters, wanted) {
  /** @type {Fit | null} */
  let best = null;
  for (let at = 0; at + wanted.length <= letters.length; at += 1) {
    if (!wanted.every((letter, i) => letters[at + i] === letter)) continue;
    const where = at === 0 ? START : opensWord(letters, at) ? WORD : INSIDE;
    const score = wanted.length === letters.length ? EXACT : where;
    if (!best || score > best.score) best = { score, marks: [[at, at + wanted.length]] };
  }
  return best;
}

/**
 * The letters one after the other, with others between; the beginnings of words first.
 * @param {string[]} letters
 * @param {string[]} wanted
 * @returns {Fit | null}
 */
function scattered(letters, wanted) {
  /** @type {[number, number][]} */
  const marks = [];
  let from = 0;
  let words = 0;
  for (const letter of wanted) {
    const next = letters.indexOf(letter, from);
    if (next < 0) return null;
    const opening = letters.findIndex(
      (found, at) => at >= from && found === letter && opensWord(letters, at),
    );
    // A word's beginning is what people mean, if the rest still fits after it.
    const rest = wanted.slice(marks.length + 1);
    const at = opening > next && follows(letters, rest, opening + 1) ? opening : next;
    if (opensWord(letters, at)) words += 1;
    marks.push([at, at + 1]);
    from = at + 1;
  }
  return { score: SCATTERED + (words * SCATTERED) / wanted.length, marks };
}

/** Whether the letters come in this order from a place on. @param {string[]} letters @param {string[]} wanted @param {number} from */
function follows(letters, wanted, from) {
  let at = from - 1;
  return wanted.every((letter) => (at = letters.indexOf(letter, at + 1)) >= 0);
}

/**
 * @param {string} query one word
 * @param {string} text
 * @returns {Fit | null} null where it does not fit
 */
export function fit(query, text) {
  const wanted = fold(query);
  const letters = fold(text);
  if (wanted.length === 0 || wanted.length > letters.length) return null;
  return together(letters, wanted) ?? scattered(letters, wanted);
}

/**
 * @template T
 * @typedef {{item: T, score: number, marks: [number, number][]}} Found `marks` are in the name
 */

/**
 * What fits all words of the query, best first; equals stay in their order.
 * Letters may be scattered over a name; in other texts they have to stand together.
 * @template T
 * @param {string} query
 * @param {T[]} items
 * @param {(item: T) => {name: string, others: string[]}} words
 * @returns {Found<T>[]}
 */
export function find(query, items, words) {
  const asked = query.trim().split(/\s+/).filter(Boolean);
  return items
    .flatMap((item) => {
      const { name, others } = words(item);
      const whole = fit(query.trim(), name);
      const fits = whole ? [whole] : asked.map((word) => best(word, name, others));
      if (!fits.every((found) => found !== null)) return [];
      const score = fits.reduce((sum, found) => sum + found.score, 0) / Math.max(1, fits.length);
      return [{ item, score, marks: fits.flatMap(({ marks }) => marks) }];
    })
    .toSorted((a, b) => b.score - a.score);
}

/** @param {string} word @param {string} name @param {string[]} others @returns {Fit | null} */
function best(word, name, others) {
  const named = fit(word, name);
  if (named && named.score >= INSIDE) return named;
  const elsewhere = others.some((text) => together(fold(text), fold(word)));
  return elsewhere ? { score: SCATTERED * 2, marks: [] } : named;
}

/**
 * A text in pieces, those that were asked for marked.
 * @param {string} text
 * @param {[number, number][]} marks
 * @returns {{text: string, marked: boolean}[]}
 */
export function pieces(text, marks) {
  /** @type {{text: string, marked: boolean}[]} */
  const parts = [];
  Array.from(text).forEach((letter, at) => {
    const marked = marks.some(([from, to]) => at >= from && at < to);
    const last = parts.at(-1);
    if (last?.marked === marked) last.text += letter;
    else parts.push({ text: letter, marked });
  });
  return parts;
}
