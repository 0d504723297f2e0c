/** @typedef {{columns: string[], rows: string[][]}} Table */

const MOST_ROWS = 200;
const MOST_COLUMNS = 20;

/** A text as JSON with its structure in sight; null where it is no object and no array. @param {string} text */
export function indented(text) {
  const value = parsed(text);
  return value === undefined ? null : JSON.stringify(value, null, 2);
}

/**
 * The table that an array of plain objects is, as /sendall sends one; null for all else.
 * @param {string} text
 * @returns {Table | null}
 */
export function tableOf(text) {
  const value = parsed(text);
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_ROWS) return null;
  if (!value.every(isFlat)) return null;
  const columns = [...new Set(value.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0 || columns.length > MOST_COLUMNS) return null;
  const cell = (/** @type {object} */ row, /** @type {string} */ column) =>
    Object.hasOwn(row, column) ? String(/** @type {any} */ (row)[column]) : '';
  return { columns, rows: value.map((row) => columns.map((column) => cell(row, column))) };
}

/** @param {unknown} row */
const isFlat = (row) =>
  typeof row === 'object' &&
  row !== null &&
  !Array.isArray(row) &&
  Object.values(row).every((value) => typeof value !== 'object' || value === null);

/** @param {string} text @returns {object | undefined} */
function parsed(text) {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
