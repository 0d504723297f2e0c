import { creates, isSend } from './queue.js';

/**
 * @import {Entry} from './queue.js'
 * @import {Revision} from './database.js'
 */

/**
 * How the outbox changes when something is wished, answered or refused. Pure:
 * each is worked out of what the disk holds, in the same transaction that
 * writes the result.
 *
 * What may have reached the server keeps its id and its content for ever: under
 * the same id other words would be a conflict, and under another id the same
 * words would be there twice.
 */

/** What a change is about: a message, or the command of one that is not sent yet.
 * @typedef {{message?: string, target?: string}} About */

/** @param {Entry} entry @param {About} about */
const concerns = (entry, { message, target }) =>
  !isSend(entry) &&
  ((message !== undefined && entry.message === message) ||
    (target !== undefined && entry.target === target));

/** @param {Entry[]} entries @param {About} about */
const unsent = (entries, { target }) =>
  target === undefined ? undefined : entries.find((entry) => creates(entry) && entry.id === target);

/** Can still become something else. @param {Entry} entry */
const open = ({ state, tried }) => state === 'failed' || !tried;

/** @param {Entry[]} entries */
const orders = (entries) => entries.map(({ order }) => order);

/**
 * @param {Entry[]} entries
 * @param {Omit<Entry, 'order'>} wish
 * @returns {Revision}
 */
export function edit(entries, wish) {
  const send = unsent(entries, wish);
  const before = entries.filter((entry) => concerns(entry, wish) && entry.op === 'edit');
  if (send && open(send)) {
    const { body, at } = wish;
    return { put: [rewritten(send, { body, at }, wish)], remove: orders(before) };
  }
  const waiting = before.findLast(({ state, tried }) => state === 'pending' && !tried);
  const failed = before.filter(({ state }) => state === 'failed');
  const put = waiting ? { ...waiting, body: wish.body } : wish;
  return { put: [put], remove: orders(failed) };
}

/**
 * The same message with other words. What was refused was not written, and goes
 * under a new id.
 * @param {Entry} send
 * @param {Partial<Entry>} change
 * @param {Pick<Entry, 'id' | 'tried'>} fresh
 * @returns {Entry}
 */
const rewritten = ({ code: _, ...send }, change, { id, tried }) =>
  send.state === 'failed'
    ? { ...send, ...change, id, tried, state: 'pending' }
    : { ...send, body: change.body };

/**
 * @param {Entry[]} entries
 * @param {Omit<Entry, 'order'>} wish
 * @returns {Revision}
 */
export function remove(entries, wish) {
  const send = unsent(entries, wish);
  const about = entries.filter((entry) => concerns(entry, wish));
  if (send && open(send)) return { remove: orders([send, ...about]) };
  const moot = about.filter((entry) => entry.op !== 'delete' && open(entry));
  const already = about.some(({ op }) => op === 'delete');
  return { put: already ? [] : [wish], remove: orders(moot) };
}

/**
 * @param {Entry[]} entries
 * @param {Omit<Entry, 'order'>} wish
 * @param {boolean} [known] whether the message has this reaction by what the server said
 * @returns {Revision}
 */
export function react(entries, wish, known) {
  const same = entries.filter(
    (entry) => concerns(entry, wish) && entry.op === 'react' && entry.emoji === wish.emoji,
  );
  return flip(same, wish, known);
}

/**
 * Has an item of the list checked off, or put back.
 * @param {Entry[]} entries
 * @param {Omit<Entry, 'order'>} wish
 * @param {boolean} [known] whether it is on the list by what the server said
 * @returns {Revision}
 */
export function toggle(entries, wish, known) {
  const same = entries.filter((entry) => concerns(entry, wish) && entry.op === 'todo');
  const failed = same.filter(({ state }) => state === 'failed');
  const waiting = same.filter((entry) => !failed.includes(entry));
  const { put, remove = [] } = flip(waiting, wish, known);
  return { put, remove: [...remove, ...orders(failed)] };
}

/**
 * What can only be on or off.
 * @param {Entry[]} same what waits and says one or the other
 * @param {Omit<Entry, 'order'>} wish
 * @param {boolean} [known] by what the server said
 * @returns {Revision}
 */
function flip(same, wish, known) {
  const last = same.at(-1);
  if (last?.on === wish.on) return {};
  // What the server said may be older than what it was sent: without anything
  // that waits it is no reason to send nothing.
  if (!last || last.tried) return { put: [wish] };
  const before = same.at(-2)?.on ?? known;
  return before === wish.on ? { remove: [last.order] } : { put: [{ ...last, on: wish.on }] };
}

/**
 * The server has it. Changes of a message that waited for its id go on.
 * @param {Entry[]} entries
 * @param {Entry} entry
 * @param {string} [message] the id of the message that was sent
 * @returns {Revision}
 */
export const accepted = (entries, { id, order }, message) => ({
  remove: [order],
  put: message
    ? entries
        .filter((entry) => entry.target === id && entry.message === undefined)
        .map((entry) => ({ ...entry, message }))
    : [],
});

/**
 * The server will never take it. What was typed stays, for its author to decide;
 * the rest goes. What waited for a message that was refused becomes part of it.
 * @param {Entry[]} entries
 * @param {Entry} entry
 * @param {{code: string, id: string}} refusal `id` for a message whose words change
 * @returns {Revision}
 */
export function refused(entries, { order }, { code, id }) {
  const entry = entries.find((held) => held.order === order);
  if (!entry) return {}; // it was thrown away meanwhile
  /** @type {Entry} */
  const failed = { ...entry, state: 'failed', code };
  if (creates(entry)) {
    const about = entries.filter((other) => concerns(other, { target: entry.id }));
    if (about.some(({ op }) => op === 'delete')) return { remove: orders([entry, ...about]) };
    const last = about.findLast(({ op }) => op === 'edit');
    return { put: [last ? { ...failed, id, body: last.body } : failed], remove: orders(about) };
  }
  // What is off the list already is as it was wished.
  const moot = entry.message !== undefined && entry.on === false && code === 'not_found';
  if (entry.op === 'todo') return moot ? { remove: [entry.order] } : { put: [failed] };
  const later = entries.some(
    (other) => other.order > entry.order && other.op === 'edit' && concerns(other, entry),
  );
  if (entry.op !== 'edit' || later) return { remove: [entry.order] };
  return { put: [failed] };
}

/**
 * Changes from an earlier start whose message was sent, though nobody heard
 * under which id: what was typed is shown, the rest is dropped.
 * @param {Entry[]} entries
 * @returns {Revision}
 */
export function orphaned(entries) {
  const lost = entries.filter(
    (entry) => entry.target && !entry.message && !unsent(entries, { target: entry.target }),
  );
  return {
    put: lost
      .filter(({ op, state }) => op === 'edit' && state === 'pending')
      .map((entry) => ({ ...entry, state: 'failed', code: 'not_found' })),
    remove: orders(lost.filter(({ op }) => op !== 'edit')),
  };
}
