import { record } from '../lib/record.js';
import { isSaid } from './changes.js';
import { applyAhead, applyEvent, applyJoined, applyPage, messageIn, newest, tail } from './log.js';
import { applyList, catchUp } from './todos.js';

/**
 * @import {ActivityFrame, EventFrame, EventsPage, HelloFrame, Room as RoomInfo, Self, TodoList} from '../api/protocol.d.ts'
 * @import {Joined, Refused} from '../api/subscriptions.js'
 * @import {Log} from './log.js'
 * @import {State} from './reducer.js'
 * @import {Todos} from './todos.js'
 */

/**
 * One room as this client knows it. `base` is what the server counted as unread
 * at a place in the log; messages after that place are counted here.
 * @typedef {object} Room
 * @property {string} id
 * @property {string} name
 * @property {string} topic
 * @property {boolean} member
 * @property {number} members
 * @property {number} read
 * @property {{seq: number, unread: number}} base
 * @property {number | null} newAfter where the "new" line stands, until the room is left
 * @property {string | null} refused the code, when it cannot be joined
 * @property {string | null} editing the message whose text is being changed in this tab
 * @property {Log | null} log
 * @property {Todos | null} todos its list, once it was looked at
 */

/**
 * How many messages of a room are kept once nobody looks at it: 200 to be read,
 * and the one before them, which stays out of sight while there are older ones.
 */
export const KEPT = 201;

/**
 * How much of the open room is held while its newest message is looked at: above
 * the first number it is cut to the second, so that a long day in a busy room
 * costs no more than a short one. What was cut is loaded again on looking back.
 */
export const OPEN_MOST = 1_500;
const OPEN_CUT = 1_000;

/** The server counts no further. */
const MANY = 1_000;

/** @param {string} id @returns {Room} */
export const unknownRoom = (id) => ({
  id,
  name: id,
  topic: '',
  member: false,
  members: 0,
  read: 0,
  base: { seq: 0, unread: 0 },
  newAfter: null,
  refused: null,
  editing: null,
  log: null,
  todos: null,
});

/**
 * @param {State} state
 * @param {string} id
 * @param {(room: Room) => Room} change
 * @returns {State}
 */
export function updateRoom(state, id, change) {
  const before = state.rooms[id] ?? unknownRoom(id);
  let after = change(before);
  if (after === before && state.rooms[id]) return state;
  // Whatever way the log grew, the list goes with it.
  const todos =
    after.log === before.log ? after.todos : catchUp(after.todos, after.log, before.log);
  if (todos !== after.todos) after = { ...after, todos };
  return { ...state, rooms: record(state.rooms, { [id]: after }) };
}

/**
 * Messages of others, still visible, that were written after `seq`.
 * @param {Room} room
 * @param {Self | null} me
 * @param {number} seq
 * @param {number} [until]
 */
function messagesAfter(room, me, seq, until = Infinity) {
  const events = room.log?.events ?? [];
  let count = 0;
  for (let i = events.length - 1; i >= 0 && events[i].seq > seq; i -= 1) {
    if (events[i].seq <= until && countsFor(events[i], me)) count += 1;
  }
  return count;
}

/** @param {EventFrame} event @param {Self | null} me */
export const countsFor = (event, me) => isSaid(event) && !event.deleted && event.user.id !== me?.id;

/** @param {Room} room @param {Self | null} me */
export const unreadOf = (room, me) =>
  room.base.unread + messagesAfter(room, me, Math.max(room.base.seq, room.read));

/**
 * The rooms a user belongs to, as the server has them: its word replaces ours.
 * @param {State} state
 * @param {HelloFrame} hello
 * @returns {State}
 */
export function applyHello(state, hello) {
  /** @type {Record<string, Room>} */
  const rooms = record();
  for (const [id, room] of Object.entries(state.rooms)) {
    rooms[id] = room.member ? { ...room, member: false } : room;
  }
  for (const { id, name, topic, seq, read, unread } of hello.rooms) {
    const room = state.rooms[id] ?? unknownRoom(id);
    const base = { seq, unread };
    const said = { name, topic: topic ?? room.topic, read, member: true };
    const same = matches(room, said) && matches(room.base, base) && state.rooms[id] !== undefined;
    rooms[id] = same ? room : { ...room, ...said, base };
  }
  const next = { ...state, me: hello.user, limits: hello.limits, rooms };
  return state.open ? updateRoom(next, state.open, (room) => markNew(room, next)) : next;
}

/** @param {Record<string, any>} held @param {Record<string, unknown>} said */
const matches = (held, said) => Object.entries(said).every(([name, value]) => held[name] === value);

/** @param {Room} room @param {State} state */
function markNew(room, state) {
  if (room.newAfter !== null && room.newAfter >= room.read) return room;
  return unreadOf(room, state.me) > 0 ? { ...room, newAfter: room.read } : room;
}

/**
 * @param {State} state
 * @param {RoomInfo} info
 * @returns {State}
 */
export const applyRoom = (state, info) =>
  updateRoom(state, info.id, (room) => {
    const { name, topic = '', member, members } = info;
    const joinedNow = member && !room.member && state.connected;
    return {
      ...room,
      name,
      topic,
      member,
      members,
      refused: null,
      ...(joinedNow && { read: info.seq, base: { seq: info.seq, unread: 0 } }),
    };
  });

/**
 * What this device kept. It yields to what the server said since, but not to a
 * room of which nothing is known but that it is on screen.
 * @param {State} state
 * @param {{rooms: Room[]}} action
 * @returns {State}
 */
export function applyCached(state, { rooms: kept }) {
  /** @type {Record<string, Room>} */
  const rooms = record(state.rooms);
  for (const room of kept) {
    const live = rooms[room.id];
    if (live?.log) continue;
    const todos = catchUp(live?.todos ?? room.todos, room.log);
    rooms[room.id] = live?.member
      ? { ...live, log: room.log, todos }
      : { ...room, todos, editing: live?.editing ?? null };
  }
  const next = { ...state, rooms };
  return state.open ? updateRoom(next, state.open, (room) => markNew(room, next)) : next;
}

/** @param {State} state @param {{room: string | null}} action @returns {State} */
export function applyOpen(state, { room: id }) {
  let next = state;
  if (state.open && state.open !== id) {
    next = updateRoom(next, state.open, (room) => {
      const seq = Math.max(room.base.seq, room.log?.last ?? 0);
      return {
        ...room,
        newAfter: null,
        refused: null,
        base: { seq, unread: unreadOf(room, state.me) },
        log: room.log && newest(room.log, KEPT),
      };
    });
  }
  next = { ...next, open: id, presence: null };
  return id ? updateRoom(next, id, (room) => markNew(room, next)) : next;
}

/** @param {State} state @param {Joined} joined @returns {State} */
export const applyJoin = (state, joined) =>
  updateRoom(state, joined.room, (room) => {
    const log = applyJoined(room.log, joined);
    if (log === room.log) return room.refused ? { ...room, refused: null } : room;
    const last = room.log?.last ?? 0;
    const missed = joined.after === null ? [] : joined.events.filter(({ seq }) => seq > last);
    return {
      ...missed.reduce((next, event) => follow(next, event, state.me), room),
      log,
      refused: null,
    };
  });

/**
 * What an event says of the room, beside what it adds to the log. `room` still
 * holds the log from before.
 * @param {Room} room
 * @param {EventFrame} event
 * @param {Self | null} me
 * @returns {Room}
 */
function follow(room, event, me) {
  if (event.kind === 'room') return { ...room, name: event.name, topic: event.topic ?? '' };
  if (event.kind !== 'delete' || !room.log || room.base.unread === 0) return room;
  // The server's count is from before the deletion; what lies after that place
  // is counted here. Where the message is not held the next count sets it right.
  const { base, read, log } = room;
  const message = messageIn(log, event.message);
  const counted =
    message && countsFor(message, me) && message.seq > read && message.seq <= base.seq;
  if (!counted || event.seq <= base.seq || base.unread >= MANY) return room;
  return { ...room, base: { ...base, unread: base.unread - 1 } };
}

/** @param {State} state @param {Refused} refused @returns {State} */
export const applyRefused = (state, refused) =>
  updateRoom(state, refused.room, (room) => ({ ...room, refused: refused.code }));

/** @param {State} state @param {EventFrame} event @returns {State} */
export const applyLive = (state, event) =>
  updateRoom(state, event.room, (room) => {
    const log = room.log && applyEvent(room.log, event);
    if (!log || log === room.log) return room;
    const long = state.attentive && log.events.length > OPEN_MOST;
    const next = { ...room, log: long ? tail(log, OPEN_CUT) : log };
    if (log.gap) return next;
    Object.assign(next, { ...follow(room, event, state.me), log: next.log });
    if (event.kind === 'member') {
      next.members = Math.max(0, room.members + (event.joined ? 1 : -1));
      if (event.user.id === state.me?.id) next.member = event.joined;
    }
    const unseen = !state.attentive && state.open === room.id && countsFor(event, state.me);
    if (unseen && (room.newAfter === null || room.newAfter < room.read)) {
      next.newAfter = Math.max(room.read, room.log?.last ?? 0);
    }
    return next;
  });

/** @param {State} state @param {{room: string, before: number, page: EventsPage}} action @returns {State} */
export const applyOlder = (state, { room: id, before, page }) =>
  updateRoom(state, id, (room) => {
    if (!room.log) return room;
    const log = applyPage(room.log, before, page);
    return { ...room, log: state.open === id ? log : newest(log, KEPT) };
  });

/**
 * The end of the log of a room that is not open. It goes no further than the
 * server's count of what is unread, so that stays as it is.
 * @param {State} state
 * @param {{room: string, page: EventsPage}} action
 * @returns {State}
 */
export function applyReadAhead(state, { room: id, page }) {
  const room = state.rooms[id];
  if (!room?.member || state.open === id) return state;
  const log = applyAhead(room.log, page, room.base.seq);
  if (!log || log === room.log) return state;
  return updateRoom(state, id, (before) => ({ ...before, log: newest(log, KEPT) }));
}

/** The list, as the server answered. @param {State} state @param {{room: string, list: TodoList}} action @returns {State} */
export const applyTodos = (state, { room: id, list }) =>
  updateRoom(state, id, (room) => {
    const todos = catchUp(applyList(room.todos, list), room.log);
    return todos === room.todos ? room : { ...room, todos };
  });

/** @param {State} state @param {{room: string, seq: number}} frame @returns {State} */
export const applyRead = (state, { room: id, seq }) =>
  updateRoom(state, id, (room) => {
    if (seq <= room.read) return room;
    const { base, log } = room;
    if (seq >= base.seq) return { ...room, read: seq, base: { seq, unread: 0 } };
    const held = log && log.last >= base.seq && log.first <= seq + 1;
    const unread = held ? messagesAfter(room, state.me, seq, base.seq) : base.unread;
    return { ...room, read: seq, base: { seq: base.seq, unread } };
  });

/** @param {State} state @param {ActivityFrame} frame @returns {State} */
export const applyActivity = (state, { room: id, seq, unread }) =>
  updateRoom(state, id, (room) =>
    seq < room.base.seq ? room : { ...room, member: true, base: { seq, unread } },
  );
