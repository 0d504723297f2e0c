import { record } from '../lib/record.js';
import { isSaid } from './changes.js';

/**
 * @import {EventFrame, PresenceFrame, TypingFrame, User} from '../api/protocol.d.ts'
 * @import {State} from './reducer.js'
 */

/** Who is in the open room. `users` stays empty where there are too many to name.
 * @typedef {{room: string, count: number, users: Record<string, User>}} Presence */

/** Who is typing, by room and user. @typedef {Record<string, Record<string, {user: User, until: number}>>} Typing */

/** How long one `typing` frame holds. */
export const TYPING_FOR = 6_000;

/** @param {State} state @param {PresenceFrame} frame @returns {State} */
export function applyPresence(state, frame) {
  if (frame.room !== state.open) return state;
  const users = { ...(state.presence?.room === frame.room ? state.presence.users : {}) };
  for (const id of frame.offline ?? []) delete users[id];
  for (const user of frame.online ?? []) users[user.id] = user;
  return { ...state, presence: { room: frame.room, count: frame.count, users } };
}

/** @param {State} state @param {TypingFrame & {now: number}} frame @returns {State} */
export function applyTyping(state, { room, user, now }) {
  if (user.id === state.me?.id) return state;
  const people = { ...state.typing[room], [user.id]: { user, until: now + TYPING_FOR } };
  return { ...state, typing: record(state.typing, { [room]: people }) };
}

/** Whoever sent a message has stopped typing it. @param {State} state @param {EventFrame} event @returns {State} */
export function stopTyping(state, event) {
  const people = state.typing[event.room];
  if (!isSaid(event) || !people?.[event.user.id]) return state;
  const { [event.user.id]: _, ...rest } = people;
  return { ...state, typing: record(state.typing, { [event.room]: rest }) };
}

/** @param {State} state @param {{now: number}} action @returns {State} */
export function expireTyping(state, { now }) {
  /** @type {Typing} */
  const typing = record();
  let changed = false;
  for (const [room, people] of Object.entries(state.typing)) {
    const still = Object.entries(people).filter(([, { until }]) => until > now);
    changed ||= still.length < Object.keys(people).length;
    if (still.length > 0) typing[room] = Object.fromEntries(still);
  }
  return changed ? { ...state, typing } : state;
}
