import { isSend } from '../../state/queue.js';

/**
 * @import {EventMessage} from '../../api/protocol.d.ts'
 * @import {Row} from '../../state/selectors.js'
 */

/** What can be done with a row. @typedef {{react: boolean, edit: boolean, remove: boolean}} Can */

const none = { react: false, edit: false, remove: false };
const all = { react: true, edit: true, remove: true };
const own = { react: false, edit: true, remove: true };
const card = { react: false, edit: false, remove: true };
const others = { react: true, edit: false, remove: false };

/**
 * Nothing where there is no text any more; one's own can be changed, what waits
 * to be sent as well. Who only looks around can do nothing but copy.
 * @param {Row} row
 * @param {boolean} member
 * @returns {Can | null}
 */
export function canDo(row, member) {
  if (row.type === 'message') {
    if (row.event.deleted) return null;
    if (!member) return none;
    if (isCard(row)) return row.mine ? card : none;
    return row.mine ? all : others;
  }
  if (row.type !== 'entry') return null;
  if (!member || !isSend(row.entry) || row.entry.state === 'failed') return none;
  return isCard(row) ? card : own;
}

/** Whether it says what it says as a table. @param {Row} row */
export const isCard = (row) =>
  (row.type === 'message' && row.event.kind === 'card') ||
  (row.type === 'entry' && row.entry.op === 'card');

/** @param {Row} row @returns {EventMessage['reactions']} */
export const reactionsOf = (row) =>
  row.type === 'message' && row.event.kind === 'message' ? row.event.reactions : undefined;

/** The name that a message was written under, where that is no account's. @param {Row} row */
export const guestOf = (row) =>
  row.type === 'message' && row.event.kind === 'message' ? row.event.as : undefined;

/** How the message of a row is named. @param {Row} row @returns {string} */
export function nameOf(row) {
  if (row.type === 'message') return row.event.id;
  return row.type === 'entry' ? row.entry.id : '';
}

/** @param {Row} row @returns {string} what it says */
export function textOfRow(row) {
  if (row.type === 'message') return row.event.body ?? '';
  return row.type === 'entry' ? (row.entry.body ?? '') : '';
}

/** Whether a row is a message, of whatever state. @param {Row | undefined} row */
export const isMessage = (row) => row?.type === 'message' || row?.type === 'entry';
