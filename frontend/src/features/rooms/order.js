import { failedRooms, listedRooms, unread } from '../../state/selectors.js';

/**
 * @import {State} from '../../state/reducer.js'
 * @import {Room} from '../../state/rooms.js'
 */

/**
 * The rooms to choose from, in the order of the list: favourites before the others.
 * @param {Pick<State, 'rooms' | 'outbox' | 'favourites'>} state
 * @param {string | null} current
 * @returns {{favourites: Room[], others: Room[]}}
 */
export function roomsInOrder({ rooms, outbox, favourites }, current) {
  const listed = listedRooms(rooms, current, failedRooms(outbox));
  return {
    favourites: listed.filter(({ id }) => favourites.includes(id)),
    others: listed.filter(({ id }) => !favourites.includes(id)),
  };
}

/**
 * The room before or after the open one; with `waiting` the next that holds
 * something unread, from the other end if need be.
 * @param {State} state
 * @param {1 | -1} step
 * @param {boolean} waiting
 * @returns {string | null} none where there is no such room
 */
export function neighbour(state, step, waiting) {
  const { favourites, others } = roomsInOrder(state, state.open);
  const all = [...favourites, ...others];
  const at = all.findIndex(({ id }) => id === state.open);
  if (!waiting) return all[at < 0 ? 0 : at + step]?.id ?? null;
  for (let far = 1; far <= all.length; far += 1) {
    const room = all[(at + step * far + all.length * 2) % all.length];
    if (room.id !== state.open && unread(room, state.me) > 0) return room.id;
  }
  return null;
}
