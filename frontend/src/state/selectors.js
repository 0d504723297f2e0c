import { countsFor, unknownRoom, unreadOf } from './rooms.js';

/**
 * @import {EventMember, EventMessage, Self, User} from '../api/protocol.d.ts'
 * @import {Entry} from './queue.js'
 * @import {Room} from './rooms.js'
 * @import {State} from './reducer.js'
 */

/**
 * One row of the message list. A message keeps its key from the moment it is
 * typed, so the row stays when the server's event takes the place of the pending one.
 * @typedef {{key: string, type: 'start'}
 *   | {key: string, type: 'day', at: number}
 *   | {key: string, type: 'new'}
 *   | {key: string, type: 'message', event: EventMessage, head: boolean, mine: boolean}
 *   | {key: string, type: 'entry', entry: Entry, head: boolean}
 *   | {key: string, type: 'member', events: EventMember[]}} Row
 */

const GROUP_WITHIN = 5 * 60_000;

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

/** Messages of others in the open room that were not read yet. @param {State} state */
export const openUnread = (state) => {
  const room = state.open ? state.rooms[state.open] : undefined;
  return room ? unreadOf(room, state.me) : 0;
};

/** Unread in all rooms, for the window's title. @param {State} state */
export const totalUnread = (state) =>
  Object.values(state.rooms).reduce((sum, room) => sum + unread(room, state.me), 0);

/** @param {State} state @param {string} room @returns {User[]} */
export const typists = (state, room) =>
  Object.values(state.typing[room] ?? {}).map(({ user }) => user);

/** @param {Entry[]} outbox @param {string} room */
export const entriesOf = (outbox, room) => outbox.filter((entry) => entry.room === room);

/** @param {number} at */
export function dayOf(at) {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

/**
 * The rows of a room, oldest first. While older events exist the oldest one that
 * is held stays out of sight: whether it opens a day or a group is only known
 * together with what is before it, and a row must not change its height then.
 * @param {Pick<Room, 'log' | 'newAfter'>} room
 * @param {Entry[]} entries those of this room
 * @param {Self | null} me
 * @returns {Row[]}
 */
export function timeline({ log, newAfter }, entries, me) {
  /** @type {Row[]} */
  const rows = !log || log.more ? [] : [{ key: 'start', type: 'start' }];
  let day = '';
  /** @type {{user: string, at: number} | null} */
  let group = null;
  let lined = newAfter === null;
  let held = log?.more ?? false;

  /** Opens a day where one begins. @param {number} at @param {string} key */
  const openDay = (at, key) => {
    const today = dayOf(at);
    if (today === day) return;
    if (!held) rows.push({ key: `day:${key}`, type: 'day', at });
    day = today;
    group = null;
  };

  /** Whether this message opens a group. @param {string} user @param {number} at */
  const opens = (user, at) => {
    const head = !group || group.user !== user || at - group.at >= GROUP_WITHIN;
    group = { user, at };
    return head;
  };

  for (const event of log?.events ?? []) {
    if (event.kind === 'member') {
      openDay(event.at, `${event.seq}`);
      if (!held) addMember(rows, event);
      held = false;
      group = null;
    } else if (event.kind === 'message') {
      openDay(event.at, `${event.seq}`);
      if (!held && !lined && event.seq > (newAfter ?? 0) && countsFor(event, me)) {
        rows.push({ key: 'new', type: 'new' });
        lined = true;
        group = null;
      }
      const mine = event.user.id === me?.id;
      const key = mine && event.ref ? event.ref : event.id;
      const head = opens(event.user.id, event.at);
      if (!held) rows.push({ key, type: 'message', event, mine, head });
      held = false;
    }
  }
  held = false;
  for (const entry of entries) {
    openDay(entry.at, entry.id);
    rows.push({ key: entry.id, type: 'entry', entry, head: opens(entry.user, entry.at) });
  }
  return rows;
}

/**
 * People who come, or go, one after the other share a row. It is named by the
 * last of them, so it stays the same row when earlier ones are found.
 * @param {Row[]} rows
 * @param {EventMember} event
 */
function addMember(rows, event) {
  const last = rows.at(-1);
  const shared = last?.type === 'member' && last.events[0].joined === event.joined;
  const before = shared ? last.events : [];
  if (shared) rows.pop();
  rows.push({ key: event.id, type: 'member', events: [...before, event] });
}
