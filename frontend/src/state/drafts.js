/** @import {Database} from './database.js' */

/** At most this long after a key press the draft is on this device's disk. */
const SAVE_WITHIN = 200;

/**
 * What is typed and not yet sent, by room.
 * @param {Database} database
 */
export function createDrafts(database) {
  /** @type {string | null} */
  let user = null;
  /** @type {Map<string, string>} */
  const texts = new Map();
  /** @type {Set<string>} */
  const unsaved = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @returns {Promise<unknown>} */
  function save() {
    clearTimeout(timer);
    timer = undefined;
    const rooms = [...unsaved];
    unsaved.clear();
    return Promise.all(
      rooms.map((room) => {
        const text = texts.get(room);
        return text
          ? database.put('drafts', { user, room, text })
          : database.remove('drafts', [user, room]);
      }),
    );
  }

  return {
    save,

    /** @param {string} owner */
    async load(owner) {
      user = owner;
      texts.clear();
      unsaved.clear();
      for (const { room, text } of await database.all('drafts', owner)) texts.set(room, text);
    },

    /** @param {string} room */
    get: (room) => texts.get(room) ?? '',

    /** @param {string} room @param {string} text */
    set(room, text) {
      if (text) texts.set(room, text);
      else texts.delete(room);
      if (!user) return;
      unsaved.add(room);
      timer ??= setTimeout(save, SAVE_WITHIN);
    },

    /** Another step took the draft off the disk already. @param {string} room */
    taken(room) {
      texts.delete(room);
      unsaved.delete(room);
    },

    stop() {
      clearTimeout(timer);
      timer = undefined;
      user = null;
      texts.clear();
      unsaved.clear();
    },
  };
}
