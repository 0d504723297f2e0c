/**
 * @import {EventFrame, OkSend} from '../api/protocol.d.ts'
 * @import {State} from './reducer.js'
 */

/**
 * Something on its way to the server: a message, a card, the change of one, or of
 * the room's list. `pending`
 * until the server has it, `sent` until its event arrives in the log, `failed`
 * when trying again by itself is in vain.
 * @typedef {object} Entry
 * @property {number} order its place in the outbox
 * @property {string} id the command's id, the same at every try
 * @property {string} user whose it is
 * @property {string} room
 * @property {'send' | 'edit' | 'delete' | 'react' | 'todo' | 'card'} [op] `send` where absent
 * @property {string} [body] of a message, an edit, a card, or an item of the list
 * @property {string} [message] what a change is about; of a message that is sent, its id
 * @property {string} [target] what a change is about that is not sent yet: its command
 * @property {string} [emoji]
 * @property {boolean} [on]
 * @property {number} at
 * @property {'pending' | 'sent' | 'failed'} state
 * @property {boolean} [tried] it may have reached the server: under this id its content stays
 * @property {number} [seq] its event's place in the log, once it is sent
 * @property {string} [code] why it failed
 */

/** A message of its own, or a card, not the change of one. @param {Pick<Entry, 'op'>} entry */
export const isSend = ({ op = 'send' }) => op === 'send' || op === 'card';

/** Puts an item on the list. @param {Pick<Entry, 'op' | 'on' | 'target' | 'message' | 'body'>} entry */
export const addsItem = ({ op, on, target, body }) =>
  op === 'todo' && on === true && target === undefined && body !== undefined;

/** Makes something that later commands can be about. @param {Entry} entry */
export const creates = (entry) => isSend(entry) || addsItem(entry);

/** What one would type for the same. @param {Entry} entry */
export const typedAs = ({ op, on, body = '' }) =>
  op === 'todo' ? `/todo ${on ? 'add' : 'done'} ${body}` : body;

/** @param {State} state @param {{entries: Entry[]}} action @returns {State} */
export function applyOutbox(state, { entries }) {
  const known = new Set(entries.map((entry) => entry.id));
  const rest = state.outbox.filter((entry) => !known.has(entry.id));
  const outbox = [...rest, ...entries].toSorted((a, b) => a.order - b.order);
  return retireAll({ ...state, outbox });
}

/** @param {State} state @param {{id: string, change: Partial<Entry>}} action @returns {State} */
export function applyEntry(state, { id, change }) {
  if (!state.outbox.some((entry) => entry.id === id)) return state;
  const outbox = state.outbox.map((entry) => (entry.id === id ? { ...entry, ...change } : entry));
  return retire({ ...state, outbox }, []);
}

/** @param {State} state @param {{id: string}} action @returns {State} */
export function applyDiscarded(state, { id }) {
  const outbox = state.outbox.filter((entry) => entry.id !== id);
  return outbox.length === state.outbox.length ? state : { ...state, outbox };
}

/**
 * Takes out of the outbox what stands in the log: an event is ours when both
 * the user and the command's id are. What was sent and lies before the log's end
 * is there too, though its event may not be held.
 * @param {State} state
 * @param {EventFrame[]} events
 * @returns {State}
 */
export function retire(state, events) {
  if (state.outbox.length === 0) return state;
  const mine = new Set();
  for (const event of events) {
    if (event.ref && event.user?.id === state.me?.id) mine.add(event.ref);
  }
  const outbox = state.outbox.filter(
    (entry) => !mine.has(entry.id) && !(entry.seq && entry.seq <= lastOf(state, entry.room)),
  );
  return outbox.length === state.outbox.length ? state : { ...state, outbox };
}

/** @param {State} state @param {string} room */
const lastOf = (state, room) => state.rooms[room]?.log?.last ?? -1;

/** @param {State} state @returns {State} */
export function retireAll(state) {
  return Object.values(state.rooms).reduce(
    (next, room) => (room.log ? retire(next, room.log.events) : next),
    state,
  );
}
