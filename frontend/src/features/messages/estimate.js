/** @import {Row} from '../../state/selectors.js' */

const LINE = 22;
const WIDTH_OF_LETTER = 7.6;
const LONGEST_LINE = 570;

/**
 * About how high a row will be, until it is measured. The nearer to the truth,
 * the less there is to correct while scrolling.
 * @param {Row} row
 * @param {number} width of the list
 */
export function estimateHeight(row, width) {
  if (row.type === 'start') return 120;
  if (row.type === 'day') return 38;
  if (row.type === 'new' || row.type === 'member') return 32;
  const body = row.type === 'message' ? (row.event.body ?? '') : row.entry.body;
  const letters = Math.max(10, Math.min(width - 90, LONGEST_LINE) / WIDTH_OF_LETTER);
  let lines = 0;
  for (const line of body.split('\n')) lines += Math.max(1, Math.ceil(line.length / letters));
  return lines * LINE + (row.head ? 37 : 6);
}
