/**
 * @import {Action} from './reducer.js'
 * @import {Store} from './store.js'
 */

/**
 * The rooms that stand first for somebody on this device.
 * @param {{
 *   store: Store,
 *   memory: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
 *   tell: (action: Action) => void,
 * }} options
 */
export function createFavourites({ store, memory, tell }) {
  /** @param {string} user */
  const place = (user) => `teahouse.favourites.${user}`;

  /** @param {string} user @returns {string[]} */
  function read(user) {
    try {
      const kept = JSON.parse(memory.getItem(place(user)) ?? '[]');
      return Array.isArray(kept) ? kept.filter((room) => typeof room === 'string') : [];
    } catch {
      return [];
    }
  }

  return {
    read,

    /** @param {string} room @param {boolean} on */
    set(room, on) {
      const { me } = store.get();
      if (!me) return;
      const others = read(me.id).filter((id) => id !== room);
      const favourites = on ? [...others, room] : others;
      memory.setItem(place(me.id), JSON.stringify(favourites));
      tell({ op: 'favourites', favourites });
    },

    /** @param {string} user */
    forget: (user) => memory.removeItem(place(user)),
  };
}
