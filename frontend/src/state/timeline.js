import { foldEntry, isSaid } from './changes.js';
import { isSend } from './queue.js';

/**
 * @import {EventMember, EventRoom, EventTodo, Self} from '../api/protocol.d.ts'
 * @import {Said} from './changes.js'
 * @import {Entry} from './queue.js'
 * @import {Room} from './rooms.js'
 */

/**
 * One row of the message list. A message keeps its key from the moment it is
 * typed, so the row stays when the server's event takes the place of the pending
 * one. `event` is as this device wants it: with changes that are still on their
 * way (`pending`: an edit or deletion is). `failed` are edits that were refused.
 * @typedef {{key: string, type: 'message', event: Said, head: boolean, mine: boolean,
 *   pending: boolean, failed: Entry[]}} MessageRow
 * @typedef {{key: string, type: 'start'}
 *   | {key: string, type: 'day', at: number}
 *   | {key: string, type: 'new'}
 *   | MessageRow
 *   | {key: string, type: 'entry', entry: Entry, head: boolean}
 *   | {key: string, type: 'member', events: EventMember[]}
 *   | {key: string, type: 'room', event: EventRoom}
 *   | {key: string, type: 'todo', events: EventTodo[], mine: boolean}
 *   | {key: string, type: 'wish', entry: Entry}} Row `wish`: of the list, on its way or refused
 */

const GROUP_WITHIN = 5 * 60_000;
/** So many changes of the list share a row; each row of a group holds those before it. */
const MOST_SHARED = 50;

/** @type {Row} */
const start = { key: 'start', type: 'start' };
/** @type {Row} */
const line = { key: 'new', type: 'new' };
/** @type {Entry[]} */
const none = [];

/**
 * The rows that were made of an event or entry. What looks the same is the same
 * object, so that only what changed is drawn anew.
 */
const made = {
  /** @type {WeakMap<object, {row: MessageRow, changes: Entry[]}>} */
  messages: new WeakMap(),
  /** @type {WeakMap<object, Extract<Row, {type: 'entry'}>>} */
  entries: new WeakMap(),
  /** @type {WeakMap<object, Extract<Row, {type: 'member'}>>} */
  members: new WeakMap(),
  /** @type {WeakMap<object, Extract<Row, {type: 'day'}>>} */
  days: new WeakMap(),
  /** @type {WeakMap<object, Row>} */
  rooms: new WeakMap(),
  /** @type {WeakMap<object, Extract<Row, {type: 'todo'}>>} */
  todos: new WeakMap(),
  /** @type {WeakMap<object, Row>} */
  wishes: new WeakMap(),
};

/** @param {unknown[]} some @param {unknown[]} others */
const same = (some, others) =>
  some === others || (some.length === others.length && some.every((one, at) => one === others[at]));

/** @template {object} K @template V @param {WeakMap<K, V>} map @param {K} key @param {V} value @returns {V} */
function keep(map, key, value) {
  map.set(key, value);
  return value;
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
  const rows = !log || log.more ? [] : [start];
  const changes = changesOf(entries);
  const day = { from: 0, to: 0 };
  /** @type {{user: string, at: number} | null} */
  let group = null;
  let lined = newAfter === null;
  let held = log?.more ?? false;

  /** Opens a day where one begins. @param {number} at @param {string} key @param {object} of */
  const openDay = (at, key, of) => {
    if (at >= day.from && at < day.to) return;
    Object.assign(day, dayAround(at));
    if (!held) rows.push(dayRow(at, `day:${key}`, of));
    group = null;
  };

  /** Whether this message opens a group. @param {string} user and the name it goes by @param {number} at */
  const opens = (user, at) => {
    const head = !group || group.user !== user || at - group.at >= GROUP_WITHIN;
    group = { user, at };
    return head;
  };

  for (const event of log?.events ?? []) {
    if (isSaid(event)) {
      openDay(event.at, `${event.seq}`, event);
      const mine = event.user.id === me?.id;
      // Also before one that was deleted since: the line does not move under the eye.
      if (!held && !lined && event.seq > (newAfter ?? 0) && !mine) {
        rows.push(line);
        lined = true;
        group = null;
      }
      const head = opens(authorOf(event), event.at);
      if (!held) rows.push(messageRow(event, head, mine, changes?.of(event, mine) ?? none, me));
      held = false;
    } else if (event.kind === 'member' || event.kind === 'room' || event.kind === 'todo') {
      openDay(event.at, `${event.seq}`, event);
      if (!held && event.kind === 'member') addMember(rows, event);
      if (!held && event.kind === 'todo') addTodo(rows, event, event.user.id === me?.id);
      if (!held && event.kind === 'room') rows.push(roomRow(event));
      held = false;
      group = null;
    }
  }
  held = false;
  for (const entry of entries) {
    if (entry.op === 'todo') {
      // What is done to an item of the list shows there, unless it was refused.
      if (entry.body === undefined && entry.state !== 'failed') continue;
      openDay(entry.at, entry.id, entry);
      rows.push(wishRow(entry));
      group = null;
      continue;
    }
    const shown = isSend(entry) && changes ? changes.entry(entry) : entry;
    if (!shown || (!isSend(entry) && !changes?.lost(entry))) continue;
    openDay(entry.at, entry.id, entry);
    rows.push(entryRow(shown, opens(entry.user, entry.at)));
  }
  return rows;
}

/** Who goes by which name. @param {Said} event */
const authorOf = (event) =>
  event.kind === 'message' && event.as !== undefined
    ? `${event.user.id} ${event.as}`
    : event.user.id;

/** The day that `at` belongs to. @param {number} at */
function dayAround(at) {
  const date = new Date(at);
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  return {
    from: new Date(year, month, day).getTime(),
    to: new Date(year, month, day + 1).getTime(),
  };
}

/** @param {number} at @param {string} key @param {object} of what opens the day @returns {Row} */
function dayRow(at, key, of) {
  const before = made.days.get(of);
  return before?.key === key ? before : keep(made.days, of, { key, type: 'day', at });
}

/** @param {EventRoom} event @returns {Row} */
const roomRow = (event) =>
  made.rooms.get(event) ?? keep(made.rooms, event, { key: event.id, type: 'room', event });

/** @param {Entry} entry @param {boolean} head @returns {Row} */
function entryRow(entry, head) {
  const before = made.entries.get(entry);
  if (before?.head === head) return before;
  return keep(made.entries, entry, { key: entry.id, type: 'entry', entry, head });
}

/**
 * @param {Said} event
 * @param {boolean} head
 * @param {boolean} mine
 * @param {Entry[]} changes of this device
 * @param {Self | null} me
 * @returns {Row}
 */
function messageRow(event, head, mine, changes, me) {
  const before = made.messages.get(event);
  if (before?.row.head === head && before.row.mine === mine && same(before.changes, changes)) {
    return before.row;
  }
  const under = changes.filter(({ state }) => state !== 'failed');
  /** @type {MessageRow} */
  const row = {
    key: mine && event.ref ? event.ref : event.id,
    type: 'message',
    event: me
      ? under.reduce((/** @type {Said} */ said, entry) => foldEntry(said, entry, me), event)
      : event,
    head,
    mine,
    pending: under.some(({ op, state }) => op !== 'react' && state === 'pending'),
    failed:
      changes.length > under.length ? changes.filter((entry) => !under.includes(entry)) : none,
  };
  return keep(made.messages, event, { row, changes }).row;
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
  const events = shared ? [...last.events, event] : [event];
  if (shared) rows.pop();
  const before = made.members.get(event);
  rows.push(
    before && same(before.events, events)
      ? before
      : keep(made.members, event, { key: event.id, type: 'member', events }),
  );
}

/**
 * What one person does with the list, one after the other, shares a row, as
 * comings and goings do.
 * @param {Row[]} rows
 * @param {EventTodo} event
 * @param {boolean} mine
 */
function addTodo(rows, event, mine) {
  const last = rows.at(-1);
  const shared =
    last?.type === 'todo' &&
    last.events.length < MOST_SHARED &&
    isAlike(/** @type {EventTodo} */ (last.events.at(-1)), event);
  const events = shared ? [...last.events, event] : [event];
  if (shared) rows.pop();
  const key = mine && event.ref ? event.ref : event.id;
  const before = made.todos.get(event);
  rows.push(
    before?.mine === mine && same(before.events, events)
      ? before
      : keep(made.todos, event, { key, type: 'todo', events, mine }),
  );
}

/** Whether two changes of the list are told in one line. @param {EventTodo} one @param {EventTodo} other */
const isAlike = (one, other) =>
  one.user.id === other.user.id &&
  one.on === other.on &&
  (!one.on || (one.message === undefined) === (other.message === undefined)) &&
  other.at - one.at < GROUP_WITHIN;

/** @param {Entry} entry @returns {Row} */
const wishRow = (entry) =>
  made.wishes.get(entry) ?? keep(made.wishes, entry, { key: entry.id, type: 'wish', entry });

/** An entry as a waiting edit makes it: the same object for the same two.
 * @type {WeakMap<Entry, {edit: Entry, shown: Entry}>} */
const edited = new WeakMap();

/**
 * What this device wants changed, by message.
 * @param {Entry[]} entries
 */
function changesOf(entries) {
  const changes = entries.filter((entry) => !isSend(entry) && entry.op !== 'todo');
  if (changes.length === 0) return null;
  /** @type {Map<string, Entry[]>} */
  const about = new Map();
  for (const entry of changes) {
    const key = entry.message ?? entry.target ?? '';
    about.set(key, [...(about.get(key) ?? []), entry]);
  }
  /** @type {Set<Entry>} */
  const placed = new Set();
  /** @param {string | undefined} id @param {string | undefined} ref */
  const find = (id, ref) => {
    const found = [id, ref].map((key) => about.get(key ?? '') ?? none);
    const all = found[1].length > 0 ? found.flat() : found[0];
    for (const entry of all) placed.add(entry);
    return all;
  };
  return {
    /** @param {Said} event @param {boolean} mine */
    of: (event, mine) => find(event.id, mine ? event.ref : undefined),

    /** A message that waits itself, as it will be; null where it will be gone. @param {Entry} send */
    entry(send) {
      const under = find(send.message, send.id).filter(({ state }) => state !== 'failed');
      if (under.some(({ op }) => op === 'delete')) return null;
      const edit = under.findLast(({ op }) => op === 'edit');
      if (!edit) return send;
      const before = edited.get(send);
      if (before?.edit === edit) return before.shown;
      const shown = { ...send, body: edit.body };
      edited.set(send, { edit, shown });
      return shown;
    },

    /** A refused edit of what is not held: its text must show somewhere. @param {Entry} entry */
    lost: (entry) => entry.op === 'edit' && entry.state === 'failed' && !placed.has(entry),
  };
}
