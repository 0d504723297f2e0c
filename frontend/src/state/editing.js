import { isBlank } from '../lib/text.js';
import { editKey } from './drafts.js';
import { messageIn } from './log.js';
import { textOf } from './selectors.js';

/**
 * @import {Store} from './store.js'
 */

/**
 * Another text for a message, while it is being written. It is a draft like any
 * other, under a key of its own, so it outlives the page. When its message goes
 * it moves into the room's draft.
 * @param {{store: Store, drafts: ReturnType<typeof import('./drafts.js').createDrafts>}} options
 */
export function createEditing({ store, drafts }) {
  /** @type {Map<string, {message: string, epoch: string | undefined, original: string | undefined}>} by room */
  const begun = new Map();

  /** @param {string} room @param {string} message */
  function begin(room, message) {
    const state = store.get();
    const epoch = state.rooms[room]?.log?.epoch;
    begun.set(room, { message, epoch, original: textOf(state, room, message) });
    store.dispatch({ op: 'editing', room, message });
  }

  /** @param {string} room */
  function close(room) {
    begun.delete(room);
    if (store.get().rooms[room]?.editing) store.dispatch({ op: 'editing', room, message: null });
  }

  /** What was not changed is not worth keeping. @param {string} room */
  function isUnchanged(room) {
    const edit = begun.get(room);
    const text = edit ? drafts.get(editKey(room, edit.message)) : '';
    return isBlank(text) || text === edit?.original;
  }

  /** Nothing of what was written is lost: it goes on as the room's draft. @param {string} room */
  function rescue(room) {
    const edit = begun.get(room);
    if (!edit) return;
    const key = editKey(room, edit.message);
    if (!isUnchanged(room)) drafts.append(room, drafts.get(key));
    drafts.set(key, '');
    close(room);
  }

  /** Something came: is what is being edited still there? */
  function check() {
    if (begun.size === 0) return;
    const { rooms, me } = store.get();
    for (const [room, edit] of begun) {
      const log = rooms[room]?.log;
      if (!log) continue;
      const event = messageIn(log, edit.message, me?.id);
      const elsewhere = edit.epoch !== undefined && log.epoch !== edit.epoch;
      if (event?.deleted || (!event && elsewhere)) rescue(room);
      else if (event) edit.epoch = log.epoch;
    }
  }

  return {
    /** Puts a message's text into the box, or what was begun of another. @param {string} room @param {string} message */
    start(room, message) {
      const before = begun.get(room);
      if (before?.message === message) return;
      const key = editKey(room, message);
      const text = drafts.get(key) || textOf(store.get(), room, message);
      if (!text) return;
      if (before && isUnchanged(room)) drafts.set(editKey(room, before.message), '');
      if (!drafts.get(key)) drafts.set(key, text);
      begin(room, message);
    },

    /** The message stays as it is. @param {string} room */
    end(room) {
      const message = store.get().rooms[room]?.editing;
      if (message) drafts.set(editKey(room, message), '');
      close(room);
    },

    close,

    /** What could not be kept goes on being edited. @param {string} room @param {string} message @param {string} text */
    reopen(room, message, text) {
      const key = editKey(room, message);
      const since = drafts.get(key);
      drafts.set(key, since ? `${text}\n${since}` : text);
      begin(room, message);
    },

    /** After a reload: goes on with what was being edited. */
    restore() {
      for (const [room, message] of drafts.edits()) begin(room, message);
      check();
    },

    /** The message is being deleted here. @param {string} room @param {string} message */
    removed(room, message) {
      if (begun.get(room)?.message === message) rescue(room);
    },

    check,

    /** Another tab sent or ended it. @param {string} room @param {string} message */
    followed(room, message) {
      if (begun.get(room)?.message === message && !drafts.get(editKey(room, message))) close(room);
    },

    stop: () => begun.clear(),
  };
}
