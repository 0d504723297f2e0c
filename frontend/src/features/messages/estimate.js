import { textOfRow } from './can.js';

/** @import {Row} from '../../state/selectors.js' */

const LINE = 22;
const WIDTH_OF_LETTER = 7.6;
const LONGEST_LINE = 570;

/** Padding of a message, and above the first of a group, by density. @type {Record<string, [number, number]>} */
const paddings = { comfortable: [3, 12], cosy: [2, 8], compact: [1, 4] };

/** @type {WeakMap<Row, {width: number, density: string | undefined, height: number}>} */
const known = new WeakMap();

/**
 * About how high a row will be, until it is measured. The nearer to the truth,
 * the less there is to correct while scrolling. Is asked for every row of a long
 * list, again and again: the answer is kept as long as the row is.
 * @param {Row} row
 * @param {number} width of the list
 */
export function estimateHeight(row, width) {
  const { density } = document.documentElement.dataset;
  const before = known.get(row);
  if (before && before.width === width && before.density === density) return before.height;
  const height = guess(row, width, density);
  known.set(row, { width, density, height });
  return height;
}

/** @param {Row} row @param {number} width @param {string | undefined} density */
function guess(row, width, density) {
  if (row.type === 'start') return 120;
  if (row.type === 'day') return 38;
  if (row.type !== 'message' && row.type !== 'entry') return 32;
  const [padding, above] = paddings[density ?? ''] ?? paddings.comfortable;
  const letters = Math.max(10, Math.min(width - 90, LONGEST_LINE) / WIDTH_OF_LETTER);
  let lines = 0;
  for (const line of textOfRow(row).split('\n'))
    lines += Math.max(1, Math.ceil(widthOf(line) / letters));
  const reactions = row.type === 'message' && row.event.reactions ? 32 : 0;
  return lines * LINE + reactions + padding + (row.head ? above + 22 : padding);
}

/** In letters; Chinese characters take the room of two. @param {string} line */
function widthOf(line) {
  let width = line.length;
  for (let at = 0; at < line.length; at += 1) if (line.charCodeAt(at) > 0x2e7f) width += 1;
  return width;
}
