/**
 * A table as people write it: a JSON list of objects, one for each row. What may
 * stand in it is the server's to say; this says the same in words.
 */

export const MOST_ROWS = 200;
export const MOST_COLUMNS = 20;
export const LONGEST_KEY = 80;

/** What stands in a cell, as it was written. @typedef {{text: string, kind: 'text' | 'number' | 'word' | 'none'}} Cell */

/** Rows hold a cell for each column; undefined where the row says nothing. @typedef {{columns: string[], rows: (Cell | undefined)[][]}} Table */

/**
 * What is wrong with a table, and where: lines and rows are counted from 1.
 * @typedef {{code: 'empty' | 'json' | 'list' | 'none' | 'rows' | 'object' | 'value' | 'columns' | 'key' | 'twice',
 *   line?: number, row?: number, key?: string}} Wrong
 */

/** What JSON is made of. Texts are read in long pieces: a step for each letter would be too much of a long one. */
export const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|true|false|null|[[\]{},:]/g;

/**
 * The table that a text describes, or what is wrong with it.
 * @param {string} text
 * @returns {Table | Wrong}
 */
export function readCard(text) {
  if (text.trim() === '') return { code: 'empty' };
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const line = lineOf(String(error), text);
    return { code: 'json', ...(line !== undefined && { line }) };
  }
  return judge(value) ?? tabulate(text);
}

/** @param {Table | Wrong} read @returns {read is Wrong} */
export const isWrong = (read) => 'code' in read;

/** Where a browser says that it stopped reading. @param {string} message @param {string} text */
function lineOf(message, text) {
  const line = /\bline (\d+)/.exec(message);
  if (line) return Number(line[1]);
  const position = /\bposition (\d+)/.exec(message);
  return position ? text.slice(0, Number(position[1])).split('\n').length : undefined;
}

/** What is wrong with what was read, if anything is. @param {unknown} value @returns {Wrong | null} */
function judge(value) {
  if (!Array.isArray(value)) return { code: 'list' };
  if (value.length === 0) return { code: 'none' };
  if (value.length > MOST_ROWS) return { code: 'rows' };
  const keys = new Set();
  for (const [at, entry] of value.entries()) {
    const row = at + 1;
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
      return { code: 'object', row };
    for (const [key, cell] of Object.entries(entry)) {
      if (key === '' || [...key].length > LONGEST_KEY) return { code: 'key', row };
      if (typeof cell === 'object' && cell !== null) return { code: 'value', row, key };
      keys.add(key);
    }
  }
  return keys.size > MOST_COLUMNS ? { code: 'columns' } : null;
}

/**
 * Reads a list of flat objects by its tokens: an object would put keys that look
 * like numbers first, and a number would lose what does not fit into it.
 * @param {string} text that was found to be one
 * @returns {Table | Wrong}
 */
function tabulate(text) {
  /** @type {Map<string, number>} */
  const columns = new Map();
  /** @type {(Cell | undefined)[][]} */
  const rows = [];
  /** @type {string | null} */
  let key = null;
  for (const [token] of text.matchAll(tokens)) {
    // Under a key that is there twice, the reading above saw only the last.
    if (key !== null && (token === '{' || token === '['))
      return { code: 'twice', row: rows.length, key };
    if (token === '{') rows.push([]);
    if (token.length === 1 && '[]{},:'.includes(token)) continue;
    if (key === null) {
      key = /** @type {string} */ (JSON.parse(token));
      if (!columns.has(key)) columns.set(key, columns.size);
      continue;
    }
    const row = /** @type {(Cell | undefined)[]} */ (rows.at(-1));
    const place = /** @type {number} */ (columns.get(key));
    if (row[place]) return { code: 'twice', row: rows.length, key };
    row[place] = cellOf(token);
    key = null;
  }
  return { columns: [...columns.keys()], rows };
}

/** @param {string} token @returns {Cell} */
function cellOf(token) {
  if (token.startsWith('"')) return { text: JSON.parse(token), kind: 'text' };
  if (token === 'null') return { text: '', kind: 'none' };
  return { text: token, kind: /^[tf]/.test(token) ? 'word' : 'number' };
}
