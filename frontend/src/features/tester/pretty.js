import { isWrong, readCard } from '../../lib/card.js';

/** A text as JSON with its structure in sight; null where it is no object and no array. @param {string} text */
export function indented(text) {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

/** Whether it is a table: an array of plain objects, as /sendall sends one. @param {string} text */
export function isTable(text) {
  if (!/^\s*\[/.test(text)) return false;
  const table = readCard(text);
  return !isWrong(table) && table.columns.length > 0;
}
