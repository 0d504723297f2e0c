import { addsItem } from './queue.js';

/**
 * @import {EventFrame, EventTodo, TodoItem, TodoList, User} from '../api/protocol.d.ts'
 * @import {Log} from './log.js'
 * @import {Entry} from './queue.js'
 */

/**
 * What is on a room's list: an open item.
 * @typedef {TodoItem & {ref?: string}} Item `ref`: the command that added it, where that is known
 */

/**
 * A room's list as it stands at `seq`, oldest first. `stale` says that something
 * after it was missed: it is still shown, and read anew.
 * @typedef {object} Todos
 * @property {string} epoch
 * @property {number} seq
 * @property {Item[]} items
 * @property {boolean} [stale]
 */

/** As long as an item may be, in code points. */
export const ITEM_LIMIT = 1_000;

/** An item is one line, as the server keeps it. @param {string} text */
export const cleanItem = (text) => text.replace(/[\s\p{Cc}]+/gu, ' ').trim();

/** @param {EventFrame} event @returns {event is EventTodo} */
const isTodo = (event) => event.kind === 'todo';

/**
 * The list after everything that the log holds. What the log no longer holds
 * cannot be made up for, nor a log that is another one by now.
 * @template {Todos | null | undefined} T
 * @param {T} todos
 * @param {Log | null} log
 * @param {Log | null} [before] the log as it was when the list was last looked after
 * @returns {T | Todos}
 */
export function catchUp(todos, log, before = log) {
  if (!todos || todos.stale || !log) return todos;
  if (log.epoch !== todos.epoch) {
    // An answer may be ahead of the log; a log that became another one is ahead of the list.
    return before && before.epoch !== log.epoch ? { ...todos, stale: true } : todos;
  }
  if (log.last <= todos.seq) return todos;
  if (log.first > todos.seq + 1) return { ...todos, stale: true };
  const start = log.events.findLastIndex(({ seq }) => seq <= todos.seq) + 1;
  let { items } = todos;
  let stale = false;
  for (const event of log.events.slice(start)) {
    if (!isTodo(event)) continue;
    const next = applyTodo(items, event, log);
    if (next) items = next;
    else stale = true;
  }
  return { epoch: todos.epoch, seq: log.last, items, ...(stale && { stale }) };
}

/**
 * @param {Item[]} items
 * @param {EventTodo} event
 * @param {Log} log
 * @returns {Item[] | null} null where it cannot be told what is on the list now
 */
function applyTodo(items, event, log) {
  const { message, body = '', on } = event;
  if (!on && message === undefined) return items.filter((item) => item.body !== body);
  if (!on) return items.filter(({ id }) => id !== message);
  const id = message ?? event.id;
  if (items.some((item) => item.id === id)) return items;
  const added = message === undefined ? event : log.events.find((one) => one.id === message);
  if (!added || !isTodo(added)) return null;
  const { user, at, ref } = added;
  const item = { id, body, user, at, ...(ref && { ref }) };
  return [...items, item].toSorted(byAge);
}

/** @param {{at: number, id: string}} one @param {{at: number, id: string}} other */
const byAge = (one, other) => one.at - other.at || (one.id < other.id ? -1 : 1);

/**
 * The list as the server answered, unless what is held is newer.
 * @param {Todos | null | undefined} held
 * @param {TodoList} answer
 * @returns {Todos}
 */
export function applyList(held, { epoch, seq, items }) {
  const newer = held && !held.stale && held.epoch === epoch && held.seq >= seq;
  return newer ? held : { epoch, seq, items };
}

/**
 * A line of the list as this device wants it. It keeps its key from the moment
 * it is typed.
 * @typedef {object} Line
 * @property {string} key
 * @property {string | null} id the item's, once the server has it
 * @property {string} body
 * @property {User} user
 * @property {number} at
 * @property {boolean} done
 * @property {boolean} pending something about it is on its way
 * @property {Entry | null} failed what was refused about it
 */

/** So many of those that were done before stay in sight. */
const MOST_DONE = 100;

const plain = { done: false, pending: false, failed: null };

/**
 * The lines to show: what is on the list, with what this device wants of it laid
 * over. What stood in `before` and is on the list no longer stays, as done.
 * @param {Todos | null | undefined} todos
 * @param {Entry[]} entries those of this room
 * @param {User | null} me
 * @param {Line[]} [before]
 * @returns {Line[]}
 */
export function linesOf(todos, entries, me, before = []) {
  const items = todos?.items ?? [];
  // What the list was read after stands in it already.
  const wishes = entries.filter(
    ({ op, seq }) => op === 'todo' && !(seq && seq <= (todos?.seq ?? 0)),
  );
  /** @type {Map<string, Line>} */
  const lines = new Map();
  const known = new Map(before.map((line) => [line.id, line.key]));
  for (const { id, body, user, at, ref } of items) {
    const key = known.get(id) ?? (ref && user.id === me?.id ? ref : id);
    lines.set(key, { key, id, body, user, at, ...plain });
  }
  const open = new Set(items.map(({ id }) => id));
  for (const entry of wishes.filter(addsItem)) {
    const { id: key, message: id = null, body = '', at, state } = entry;
    if (id !== null && open.has(id)) continue;
    const user = { id: entry.user, name: me?.name ?? '' };
    const failed = state === 'failed' ? entry : null;
    const line = { key, id, body, user, at, done: false, pending: state === 'pending', failed };
    lines.set(key, line);
  }
  // One that never was more than a wish, and was given up, goes.
  const gone = before.filter(({ key, id, done }) => !lines.has(key) && (id !== null || done));
  const old = new Set(gone.filter(({ done }) => done).slice(0, -MOST_DONE));
  for (const line of gone.filter((one) => !old.has(one)))
    lines.set(line.key, { ...line, ...plain, done: true });
  const added = new Map(wishes.filter(addsItem).map(({ id, order }) => [id, order]));
  for (const entry of wishes) if (!addsItem(entry)) layOver(lines, entry, added);
  const shown = new Map(before.map((line) => [line.key, line]));
  return [...lines.values()]
    .map((line) => same(shown.get(line.key), line))
    .toSorted((one, other) => one.at - other.at);
}

/** The line as it was shown, where it says the same: then nothing is drawn anew. @param {Line | undefined} before @param {Line} line */
function same(before, line) {
  const keys = /** @type {(keyof Line)[]} */ (Object.keys(line));
  return before && keys.every((key) => before[key] === line[key]) ? before : line;
}

/**
 * @param {Map<string, Line>} lines
 * @param {Entry} entry
 * @param {Map<string, number>} added when what waits itself was added: a text that is done is not what comes after
 */
function layOver(lines, entry, added) {
  const { message, target, body, on, state, order } = entry;
  for (const [key, line] of lines) {
    const named = (message !== undefined && line.id === message) || key === target;
    const all = message === undefined && target === undefined;
    const told = all && !line.done && line.body === body && !((added.get(key) ?? -1) > order);
    if (!named && !told) continue;
    if (state === 'failed') lines.set(key, { ...line, failed: entry });
    else lines.set(key, { ...line, done: !on, pending: line.pending || state === 'pending' });
  }
}

/**
 * The lines for as long as somebody looks at them, and what they were made of.
 * @typedef {{todos: Todos | null, entries: Entry[], lines: Line[]}} View
 */

/**
 * What is seen after a change. A list that is another one by now begins anew:
 * that something is not on it does not say that it was done.
 * @param {View | null} seen
 * @param {Todos | null} todos
 * @param {Entry[]} entries
 * @param {User | null} me
 * @returns {View}
 */
export function look(seen, todos, entries, me) {
  const other = seen?.todos && todos && seen.todos.epoch !== todos.epoch;
  return { todos, entries, lines: linesOf(todos, entries, me, other ? [] : seen?.lines) };
}

/** How many lines are open. @param {Line[]} lines */
export const openLines = (lines) => lines.filter(({ done, failed }) => !done && !failed).length;
