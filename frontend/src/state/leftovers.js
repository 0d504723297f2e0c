import { isBlank } from '../lib/text.js';

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

  return {
    /** @param {string} user @returns {Promise<Leftover[]>} of everybody else */
    async load(user) {
      const [entries, begun] = await Promise.all([
        database.others('outbox', user),
        database.others('drafts', user),
      ]);
      return [
        ...entries.map((entry) => ({
          id: entry.id,
          room: entry.room,
          text: entry.body,
          entry,
          user: entry.user,
        })),
        ...begun
          .filter(({ text }) => !isBlank(text))
          .map(({ user: owner, room, text }) => ({
            id: `${owner} ${room}`,
            room,
            text,
            entry: null,
            user: owner,
          })),
      ];
    },

    /** Makes it one's own: a message is sent, what was begun goes into the box. @param {Leftover} left */
    async adopt(left) {
      if (left.entry) {
        await outbox.adopt(left.entry);
      } else {
        const own = drafts.get(left.room);
        drafts.set(left.room, own ? `${own}\n${left.text}` : left.text);
        await drafts.save();
        await database.remove('drafts', [left.user, left.room]);
      }
      gone(left);
    },

    /** @param {Leftover} left */
    async discard(left) {
      if (left.entry) await database.remove('outbox', left.entry.order);
      else await database.remove('drafts', [left.user, left.room]);
      gone(left);
    },
  };
}
