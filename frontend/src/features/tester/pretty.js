import { isWrong, readCard, tokens } from '../../lib/card.js';

/** What is deeper is not moved further in: blanks would be most of it. */
const DEEPEST = 40;

/**
 * A text as JSON with its structure in sight; null where it is no object and no
 * array. It is set out by its tokens: every number, name and order stays as it came.
 * @param {string} text
 */
export function indented(text) {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    JSON.parse(text);
    return setOut(text);
  } catch {
    return null; // also what no browser can read in one go
  }
}

/** @param {string} text that was found to be JSON */
function setOut(text) {
  let out = '';
  let depth = 0;
  let empty = false;
  const line = () => `\n${'  '.repeat(Math.min(depth, DEEPEST))}`;
  for (const [token] of text.matchAll(tokens)) {
    const closes = token === ']' || token === '}';
    const opens = token === '[' || token === '{';
    if (closes) depth -= 1;
    if (closes ? !empty : empty) out += line();
    out += token === ':' ? ': ' : token;
    if (opens) depth += 1;
    if (token === ',') out += line();
    empty = opens;
  }
  return out;
}

/** Whether it is a table: an array of plain objects, as /sendall sends one. @param {string} text */
export function isTable(text) {
  if (!/^\s*\[/.test(text)) return false;
  const table = readCard(text);
  return !isWrong(table) && table.columns.length > 0;
}
