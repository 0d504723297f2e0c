import { isBlank } from '../lib/text.js';
import { draftOf, formKey } from './drafts.js';
import { isSend, typedAs } from './queue.js';

/**
 * @import {Database} from './database.js'
 * @import {Entry} from './queue.js'
 * @import {Action} from './reducer.js'
 */

/**
 * What somebody wrote here whose session ended before it was sent. It is theirs
 * no longer to send, and not ours to send unasked: whoever sits here decides.
 * @typedef {object} Leftover
 * @property {string} id
 * @property {string} room
 * @property {string} text
 * @property {Entry | null} entry the message, if it was one; else it was being written
 * @property {string} user whose it was
 * @property {string} [draft] under which it is kept, if it was being written
 * @property {number} [order] its place in the outbox, if it was another text for a message
 */

/**
 * @param {{
 *   database: Database,
 *   outbox: ReturnType<typeof import('./outbox.js').createOutbox>,
 *   drafts: ReturnType<typeof import('./drafts.js').createDrafts>,
 *   tell: (action: Action) => void,
 * }} options
 */
export function createLeftovers({ database, outbox, drafts, tell }) {
  /** @param {Leftover} left */
  const gone = ({ id }) => tell({ op: 'decided', id });

  /** @param {Leftover} left */
  async function drop({ user, entry, order = entry?.order, draft }) {
    if (order !== undefined) await database.remove('outbox', order);
    if (draft !== undefined) await database.remove('drafts', [user, draft]);
  }

  return {
    /** @param {string} user @returns {Promise<Leftover[]>} of everybody else */
    async load(user) {
      const [entries, begun] = await Promise.all([
        database.others('outbox', user),
        database.others('drafts', user),
      ]);
      const texts = entries.filter(({ body }) => body !== undefined);
      // A deletion or a reaction is nothing that another could take over.
      const rest = entries.filter(({ body }) => body === undefined);
      await Promise.all(rest.map(({ order }) => database.remove('outbox', order)));
      return [
        ...texts.map((entry) => ({
          id: entry.id,
          room: entry.room,
          text: typedAs(entry),
          entry: isSend(entry) ? entry : null,
          user: entry.user,
          ...(!isSend(entry) && { order: entry.order }),
        })),
        ...begun
          .filter(({ text }) => !isBlank(text))
          .map(({ user: owner, room: draft, text }) => ({
            id: `${owner} ${draft}`,
            room: draftOf(draft).room,
            text,
            entry: null,
            user: owner,
            draft,
          })),
      ];
    },

    /** Makes it one's own: a message is sent, what was begun goes into the box. @param {Leftover} left */
    async adopt(left) {
      if (left.entry) {
        await outbox.adopt(left.entry);
      } else {
        const form = draftOf(left.draft ?? left.room).form;
        drafts.append(form === null ? left.room : formKey(left.room, form), left.text);
        await drafts.save();
        await drop(left);
      }
      gone(left);
    },

    /** @param {Leftover} left */
    async discard(left) {
      await drop(left);
      gone(left);
    },
  };
}
