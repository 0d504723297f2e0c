import { isCard, reactionsOf, textOfRow } from './can.js';

/** @import {Row} from '../../state/selectors.js' */

const LINE = 22;
const WIDTH_OF_LETTER = 7.6;
const LONGEST_LINE = 570;

/** Padding of a message, and above the first of a group, by density. @type {Record<string, [number, number]>} */
const paddings = { comfortable: [3, 12], cosy: [2, 8], compact: [1, 4] };

/**
 * Says about how high a row will be, until it is measured. The nearer to the
 * truth, the less there is to correct while scrolling. What was said of a row
 * stays, whatever becomes of it: a guess that was right is never measured as
 * another, and if it changed with the row, the list would move unnoticed.
 * @returns {(width: number) => (row: Row) => number} `width` of the list, asked for
 *   once for many rows: the page may have to be laid out for it
 */
export function createEstimate() {
  /** @type {Map<string, number>} */
  const said = new Map();
  let kind = '';
  return (width) => {
    const { density } = document.documentElement.dataset;
    const now = `${width} ${density}`;
    if (now !== kind) said.clear();
    kind = now;
    return (row) => {
      let height = said.get(row.key);
      if (height === undefined) said.set(row.key, (height = guess(row, width, density)));
      return height;
    };
  };
}

/** @param {Row} row @param {number} width @param {string | undefined} density */
function guess(row, width, density) {
  if (row.type === 'start') return 120;
  if (row.type === 'day') return 38;
  if (row.type !== 'message' && row.type !== 'entry') return 32;
  const [padding, above] = paddings[density ?? ''] ?? paddings.comfortable;
  const letters = Math.max(10, Math.min(width - 90, LONGEST_LINE) / WIDTH_OF_LETTER);
  const head = padding + (row.head ? above + 22 : padding);
  if (isCard(row)) return heightOfCard(textOfRow(row)) + head;
  let lines = 0;
  for (const line of textOfRow(row).split('\n'))
    lines += Math.max(1, Math.ceil(widthOf(line) / letters));
  const reactions = reactionsOf(row) ? 32 : 0;
  return lines * LINE + reactions + head;
}

/** As many rows of a table show at first. */
const ROWS = 10;
const ROW_OF_CARD = 31;

/** Of a table, without looking closely: where one object ends another begins. @param {string} text */
export function heightOfCard(text) {
  const rows = text.split('},').length;
  return (Math.min(rows, ROWS) + 1) * ROW_OF_CARD + 11 + (rows > ROWS ? 36 : 0);
}

/** In letters; Chinese characters take the room of two. @param {string} line */
function widthOf(line) {
  let width = line.length;
  for (let at = 0; at < line.length; at += 1) if (line.charCodeAt(at) > 0x2e7f) width += 1;
  return width;
}
