import { linesOf } from './todos.js';
import { entriesOf } from './selectors.js';

/**
 * @import {Line} from './todos.js'
 * @import {About} from './revisions.js'
 * @import {Store} from './store.js'
 */

/**
 * What one does with the list of a room, and with tables.
 * @param {{
 *   api: Pick<typeof import('../api/index.js'), 'listTodos'>,
 *   store: Store,
 *   outbox: () => ReturnType<typeof import('./outbox.js').createOutbox>,
 *   drafts: ReturnType<typeof import('./drafts.js').createDrafts>,
 * }} options
 */
export function createList({ api, store, outbox, drafts }) {
  /**
   * Makes something of a draft. Where it cannot be kept it goes back to where it was typed.
   * @param {string} key the draft's
   * @param {() => Promise<void>} keep
   */
  async function fromDraft(key, keep) {
    const text = drafts.get(key);
    drafts.take(key);
    try {
      await keep();
      drafts.taken(key);
    } catch (error) {
      const since = drafts.get(key);
      drafts.set(key, since ? `${text}\n${since}` : text);
      throw error;
    }
  }

  return {
    /** Reads the list of a room. @param {string} room */
    async load(room) {
      const list = await api.listTodos(room);
      store.dispatch({ op: 'todos', room, list });
    },

    /**
     * Adds an item, or takes all of that text off the list.
     * @param {string} room
     * @param {string} body
     * @param {boolean} on
     * @param {string} draft what it was typed as
     */
    wish: (room, body, on, draft) => fromDraft(draft, () => outbox().todo(room, body, on, draft)),

    /** Takes an item off the list, or puts it back. @param {string} room @param {Line} line @param {boolean} on */
    async toggle(room, { id, key }, on) {
      /** @type {About} */
      const about =
        id === null ? { target: key } : { message: id, ...(id !== key && { target: key }) };
      const { rooms, outbox: entries, me } = store.get();
      const sent = entriesOf(entries, room).filter(({ state }) => state === 'sent');
      const lines = linesOf(rooms[room]?.todos, sent, me);
      const known = id === null || lines.some((line) => line.id === id && !line.done);
      await outbox().toggle(room, about, on, known);
    },

    /** Whether nothing open says that, as far as anybody here can tell. @param {string} room @param {string} body */
    lacks(room, body) {
      const { rooms, outbox: entries, me, connected } = store.get();
      const todos = rooms[room]?.todos;
      if (!connected || !todos || todos.stale) return false;
      const lines = linesOf(todos, entriesOf(entries, room), me);
      return !lines.some((line) => !line.done && line.body === body);
    },

    /** Posts a table. @param {string} room @param {string} body @param {string} draft where it was typed */
    post: (room, body, draft) => fromDraft(draft, () => outbox().card(room, body, draft)),
  };
}
