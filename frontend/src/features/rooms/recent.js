import { memory } from '../../lib/memory.js';

const REMEMBERED = 'teahouse.recent';
const MOST = 20;

/** @returns {{user: string, rooms: string[]}} */
function recall() {
  try {
    const { user, rooms } = JSON.parse(memory.getItem(REMEMBERED) ?? '{}');
    const ids = Array.isArray(rooms) ? rooms.filter((id) => typeof id === 'string') : [];
    return { user: String(user), rooms: ids };
  } catch {
    return { user: '', rooms: [] };
  }
}

/** Where somebody was on this device, the latest first. @param {string} user */
export function recentRooms(user) {
  const kept = recall();
  return kept.user === user ? kept.rooms : [];
}

/** @param {string} user @param {string} room */
export function noteVisit(user, room) {
  const rooms = [room, ...recentRooms(user).filter((id) => id !== room)].slice(0, MOST);
  memory.setItem(REMEMBERED, JSON.stringify({ user, rooms }));
}

/** Who signs out leaves no trail. */
export const forgetVisits = () => memory.removeItem(REMEMBERED);
