/**
 * @import {EventCard, EventDelete, EventEdit, EventFrame, EventMessage, EventReact, User} from '../api/protocol.d.ts'
 * @import {Entry} from './queue.js'
 */

/** What changes a message that was there before. @typedef {EventEdit | EventDelete | EventReact} Change */

/** What somebody says, in words or as a table. @typedef {EventMessage | EventCard} Said */

/** @param {EventFrame} event @returns {event is Said} */
export const isSaid = (event) => event.kind === 'message' || event.kind === 'card';

/** @param {EventFrame} event @returns {event is Change} */
export const isChange = (event) =>
  event.kind === 'edit' || event.kind === 'delete' || event.kind === 'react';

/**
 * The message after a change. Applying one twice changes nothing, nor does an
 * edit older than the last: the same message is answered. A card can only be
 * deleted.
 * @template {Said} T
 * @param {T} message
 * @param {Change} change
 * @returns {T | Said}
 */
export function fold(message, change) {
  if (message.deleted) return message;
  if (change.kind === 'delete') return deleted(message);
  if (message.kind === 'card') return message;
  if (change.kind === 'react')
    return reacted(message, change.user, change.emoji, change.on === true);
  // Of a message that is deleted by now an edit may have lost its text.
  if (change.body === undefined || change.seq <= (message.edited ?? 0)) return message;
  return { ...message, body: change.body, edited: change.seq };
}

/**
 * The message as it will be once this device's own change is with the server.
 * @template {Said} T
 * @param {T} message
 * @param {Entry} entry
 * @param {User} me
 * @returns {T | Said}
 */
export function foldEntry(message, { op, body, emoji, on, seq }, { id, name }) {
  if (message.deleted) return message;
  if (op === 'delete') return deleted(message);
  if (message.kind === 'card') return message;
  if (op === 'react') return reacted(message, { id, name }, emoji ?? '', on === true);
  // What was edited elsewhere after ours stands.
  if (op !== 'edit' || (seq && seq <= (message.edited ?? 0))) return message;
  return { ...message, body, edited: message.edited ?? message.seq };
}

/** @param {Said} said @returns {Said} */
function deleted(said) {
  if (said.kind === 'card') {
    const { body: _, ...card } = said;
    return { ...card, deleted: true };
  }
  const { body: _, edited: __, reactions: ___, ...message } = said;
  return { ...message, deleted: true };
}

/**
 * @param {EventMessage} message
 * @param {User} user
 * @param {string} emoji
 * @param {boolean} on
 * @returns {EventMessage}
 */
function reacted(message, user, emoji, on) {
  const before = message.reactions?.[emoji] ?? [];
  const there = before.some(({ id }) => id === user.id);
  if (there === on) return message;
  const { reactions: all, ...bare } = message;
  const people = on ? [...before, user] : before.filter(({ id }) => id !== user.id);
  if (people.length > 0) return { ...bare, reactions: { ...all, [emoji]: people } };
  const { [emoji]: _, ...rest } = all ?? {};
  return Object.keys(rest).length > 0 ? { ...bare, reactions: rest } : bare;
}

/** Whether `user` reacted so. @param {EventMessage} message @param {string} emoji @param {string} user */
export const hasReacted = ({ reactions }, emoji, user) =>
  Boolean(reactions?.[emoji]?.some(({ id }) => id === user));
