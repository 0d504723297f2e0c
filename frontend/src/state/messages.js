import { isBlank } from '../lib/text.js';
import { hasReacted } from './changes.js';
import { editKey } from './drafts.js';
import { messageIn } from './log.js';
import { isSend } from './queue.js';
import { textOf } from './selectors.js';

/**
 * @import {Action} from './reducer.js'
 * @import {About} from './revisions.js'
 * @import {Store} from './store.js'
 */

/**
 * What one does to messages that are there. A message is named by its id, or,
 * while it is not sent, by its entry's.
 * @param {{
 *   store: Store,
 *   outbox: () => ReturnType<typeof import('./outbox.js').createOutbox>,
 *   drafts: ReturnType<typeof import('./drafts.js').createDrafts>,
 *   editing: ReturnType<typeof import('./editing.js').createEditing>,
 * }} options
 */
export function createMessages({ store, outbox, drafts, editing }) {
  /** @type {Map<string, string>} the messages that commands of ours became */
  const written = new Map();

  /** @param {string} room @param {string} message */
  function held(room, message) {
    const { rooms, me } = store.get();
    const log = rooms[room]?.log;
    return log ? messageIn(log, message, me?.id) : null;
  }

  /** The item of the list that a command of ours became. @param {string} room @param {string} command */
  function added(room, command) {
    const { rooms, me } = store.get();
    return rooms[room]?.log?.events.findLast(
      ({ kind, ref, user }) => kind === 'todo' && ref === command && user.id === me?.id,
    );
  }

  /** What a change is about: by the message's id, or by its command while it has none. @param {string} room @param {string} message @returns {About} */
  function about(room, message) {
    const { me, outbox: entries } = store.get();
    const event = held(room, message);
    if (event) return { message: event.id, ...(event.user.id === me?.id && { target: event.ref }) };
    const entry = entries.find((one) => isSend(one) && one.id === message);
    const name = entry?.message ?? written.get(message);
    if (name) return { message: name, target: message };
    return entry ? { target: message } : { message };
  }

  /** Whether something about it was refused. @param {About} about */
  const hasFailed = ({ message, target }) =>
    store
      .get()
      .outbox.some(
        (entry) =>
          entry.state === 'failed' &&
          ((message && entry.message === message) ||
            (target && [entry.id, entry.target].includes(target))),
      );

  return {
    /** Remembers which message a command of ours became. @param {Action} action */
    note({ op, id, change }) {
      if (op === 'entry' && change.message) written.set(id, change.message);
    },

    /** The message or item that a command of ours became, as far as anybody here knows. @param {string} room @param {string} command */
    named: (room, command) =>
      written.get(command) ?? held(room, command)?.id ?? added(room, command)?.id,

    /**
     * Gives a message of one's own another text; where that is the one it has,
     * nothing is sent, and nothing happens without any.
     * @param {string} room
     * @param {string} message
     * @param {string} body
     */
    async edit(room, message, body) {
      if (isBlank(body)) return;
      const state = store.get();
      const which = about(room, message);
      const current = state.rooms[room]?.editing === message;
      if (body === textOf(state, room, message) && !hasFailed(which)) {
        if (current) editing.end(room);
        return;
      }
      const key = editKey(room, message);
      drafts.take(key);
      if (current) editing.close(room);
      try {
        await outbox().edit(room, which, body, key);
        drafts.taken(key);
      } catch (error) {
        editing.reopen(room, message, body); // it could not be kept, so it must not vanish
        throw error;
      }
    },

    /** Takes a message of one's own back. @param {string} room @param {string} message */
    async remove(room, message) {
      editing.removed(room, message);
      await outbox().remove(room, about(room, message));
    },

    /**
     * Adds or takes away one's reaction.
     * @param {string} room
     * @param {string} message
     * @param {string} emoji
     * @param {boolean} on
     */
    async react(room, message, emoji, on) {
      const { me, outbox: entries } = store.get();
      const event = held(room, message);
      // What the server has taken counts, though its event is not here yet.
      const taken = entries.findLast(
        (entry) => entry.state === 'sent' && entry.emoji === emoji && entry.message === event?.id,
      );
      const said = event?.kind === 'message' && me ? event : undefined;
      const known = taken?.on ?? (said && hasReacted(said, emoji, me?.id ?? ''));
      await outbox().react(room, about(room, message), { emoji, on }, known);
    },

    stop: () => written.clear(),
  };
}
