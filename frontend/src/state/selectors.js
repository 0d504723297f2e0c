import { messageIn } from './log.js';
import { unknownRoom, unreadOf } from './rooms.js';
import { linesOf, openLines } from './todos.js';

export { timeline } from './timeline.js';

/**
 * @import {EventFrame, EventMessage, Self, User} from '../api/protocol.d.ts'
 * @import {Entry} from './queue.js'
 * @import {Room} from './rooms.js'
 * @import {State} from './reducer.js'
 */

/** @typedef {import('./timeline.js').Row} Row */

/** @param {Room} room @param {Room} other */
const byName = (room, other) =>
  Number(other.id === 'general') - Number(room.id === 'general') ||
  room.name.localeCompare(other.name) ||
  (room.id < other.id ? -1 : 1);

/** The rooms one belongs to. @param {State['rooms']} rooms */
export const memberRooms = (rooms) =>
  Object.values(rooms)
    .filter((room) => room.member)
    .toSorted(byName);

/** Where something was written that could not be sent. @param {Entry[]} outbox */
export const failedRooms = (outbox) =>
  new Set(outbox.filter(({ state }) => state === 'failed').map(({ room }) => room));

/**
 * The rooms to choose from: one's own, the one being looked at, and those that
 * hold something to be decided, even where they are gone.
 * @param {State['rooms']} rooms
 * @param {string | null} current
 * @param {Set<string>} failed
 * @returns {Room[]}
 */
export function listedRooms(rooms, current, failed) {
  const others = new Set([...failed].filter((id) => !rooms[id]?.member));
  const looked = current === null ? undefined : rooms[current];
  if (looked && !looked.member && !looked.refused) others.add(looked.id);
  return [...memberRooms(rooms), ...[...others].map((id) => rooms[id] ?? unknownRoom(id))];
}

/** @param {Room} room @param {Self | null} me */
export const unread = (room, me) => (room.member ? unreadOf(room, me) : 0);

/** What is looked at as it comes is not unread, only not marked as read yet. @param {State} state @param {Room} room */
const isSeen = (state, room) => state.attentive && state.open === room.id;

/** Unread in a room by now. @param {State} state @param {Room} room */
export const unreadNow = (state, room) => (isSeen(state, room) ? 0 : unread(room, state.me));

/** Messages of others in the open room that were not read yet. @param {State} state */
export const openUnread = (state) => {
  const room = state.open ? state.rooms[state.open] : undefined;
  return room && !isSeen(state, room) ? unreadOf(room, state.me) : 0;
};

/** Unread in all rooms, for the window's title. @param {State} state */
export const totalUnread = (state) =>
  Object.values(state.rooms).reduce((sum, room) => sum + unreadNow(state, room), 0);

/** @param {State} state @param {string} room @returns {User[]} */
export const typists = (state, room) =>
  Object.values(state.typing[room] ?? {}).map(({ user }) => user);

/** @param {Entry[]} outbox @param {string} room */
export const entriesOf = (outbox, room) => outbox.filter((entry) => entry.room === room);

/** What was typed and is not with the server yet. @param {Entry[]} outbox @param {string} room */
export const textsOf = (outbox, room) =>
  outbox.filter((entry) => entry.room === room && entry.body !== undefined);

/** How much is to do in a room, with what waits; 0 where that is not known. @param {Room | undefined} room @param {Entry[]} outbox @param {Self | null} me */
export function openCount(room, outbox, me) {
  if (!room?.todos || room.todos.stale) return 0;
  const wishes = outbox.filter((entry) => entry.room === room.id && entry.op === 'todo');
  // It is asked with whatever happens: nothing is laid out where nothing waits.
  if (wishes.length === 0) return room.todos.items.length;
  return openLines(linesOf(room.todos, wishes, me));
}

/** A message of one's own that can be edited. @param {EventFrame} event @param {Self | null} me */
export const canChange = (event, me) =>
  event.kind === 'message' && !event.deleted && event.user.id === me?.id;

/**
 * The newest message of one's own, for the key that edits it.
 * @param {Pick<Room, 'log'>} room
 * @param {Self | null} me
 * @param {Entry[]} [entries] those of the room: one that is about to be deleted does not count
 * @returns {EventMessage | null}
 */
export function lastOwn({ log }, me, entries = []) {
  const leaving = new Set(
    entries.filter(({ op }) => op === 'delete').map(({ message }) => message),
  );
  const own = log?.events.findLast((event) => canChange(event, me) && !leaving.has(event.id));
  return own?.kind === 'message' ? own : null;
}

/**
 * The text of a message as its author left it here: with what still waits, or
 * was refused. A message is named by its id or the command that sent it.
 * @param {State} state
 * @param {string} room
 * @param {string} message
 * @returns {string | undefined} undefined where it is not held, or deleted
 */
export function textOf({ rooms, outbox, me }, room, message) {
  const log = rooms[room]?.log;
  const event = log && messageIn(log, message, me?.id);
  if (event?.deleted) return undefined;
  const names = new Set([message, event?.id, event?.ref]);
  names.delete(undefined);
  const last = outbox.findLast(
    ({ room: where, body, id, target, message: of }) =>
      where === room && body !== undefined && [id, target, of].some((name) => names.has(name)),
  );
  return last?.body ?? event?.body;
}
