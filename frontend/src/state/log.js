import { fold, isChange, isSaid } from './changes.js';

/**
 * @import {EventFrame, EventsPage} from '../api/protocol.d.ts'
 * @import {Joined} from '../api/subscriptions.js'
 * @import {Change, Said} from './changes.js'
 */

/**
 * What is held of a room's log: everything from `first` to `last`, without gaps.
 * What changes a message is folded into it and not held itself, so a message is
 * as it stands at `last`. `gap` says that something after it was missed and must
 * be asked for.
 * @typedef {object} Log
 * @property {string} epoch
 * @property {EventFrame[]} events ascending, without edits, deletions and reactions
 * @property {number} first
 * @property {number} last
 * @property {boolean} more older ones exist
 * @property {'idle' | 'loading' | 'ahead' | 'failed'} older an older page is on its way: asked for by
 *   whoever looks back (`loading`), or before anybody does (`ahead`), which nobody sees
 * @property {Change[]} since what changed while an older page is on its way: the page may not know it yet
 * @property {number} [asked] where the log ended when that page was asked for
 * @property {boolean} gap
 * @property {number} joins how often a join brought something
 */

/**
 * @param {Log} log
 * @param {EventFrame} event
 * @returns {Log}
 */
export function applyEvent(log, event) {
  if (event.seq <= log.last) return log;
  if (event.seq > log.last + 1) return log.gap ? log : { ...log, gap: true };
  return follow(log, [event]);
}

/**
 * The log, and what comes right after it.
 * @param {Log} log
 * @param {EventFrame[]} news
 * @returns {Log}
 */
function follow(log, news) {
  const changes = news.filter(isChange);
  const rest = changes.length > 0 ? news.filter((event) => !isChange(event)) : news;
  const before = rest.length > 0 ? [...log.events, ...rest] : log.events;
  return {
    ...log,
    // What came along in the same answer stands as it is already.
    events: foldAll(before, changes, log.events.length),
    last: news.at(-1)?.seq ?? log.last,
    since: isAsked(log) ? [...log.since, ...changes] : log.since,
  };
}

/**
 * Folds changes into the messages among `events`; at most one new list, and one
 * new object for each message that changes. Reactions are folded only into the
 * first `most` events: they would be set and taken away again in vain, and
 * change the order of what stands in the others as it is.
 * @param {EventFrame[]} events
 * @param {Change[]} changes
 * @param {number} [most]
 */
function foldAll(events, changes, most = events.length) {
  const place = changes.length > 1 ? index(events) : (/** @type {string} */ id) => find(events, id);
  let folded = events;
  for (const change of changes) {
    const at = place(change.message);
    if (at < 0 || (change.kind === 'react' && at >= most)) continue;
    const message = /** @type {Said} */ (folded[at]);
    const changed = fold(message, change);
    if (changed === message) continue;
    if (folded === events) folded = [...events];
    folded[at] = changed;
  }
  return folded;
}

/** Where a message stands, the newest first: -1 if it is not held. @param {EventFrame[]} events @param {string} id */
function find(events, id) {
  for (let i = events.length - 1; i >= 0; i -= 1) {
    if (events[i].id === id) return isSaid(events[i]) ? i : -1;
  }
  return -1;
}

/** @param {EventFrame[]} events */
function index(events) {
  /** @type {Map<string, number>} */
  const places = new Map();
  for (const [at, event] of events.entries()) {
    if (event.id && isSaid(event)) places.set(event.id, at);
  }
  return (/** @type {string} */ id) => places.get(id) ?? -1;
}

/** @param {Log} log @param {string} id a message's, or one's own command's @param {string} [user] whose command @returns {Said | null} */
export function messageIn(log, id, user) {
  for (let i = log.events.length - 1; i >= 0; i -= 1) {
    const event = log.events[i];
    if (!isSaid(event)) continue;
    if (event.id === id || (event.ref === id && event.user.id === user)) return event;
  }
  return null;
}

/**
 * @param {Log | null} log
 * @param {Pick<Joined, 'epoch' | 'events' | 'more' | 'seq' | 'after'>} joined
 * @returns {Log}
 */
export function applyJoined(log, joined) {
  const { epoch, events, more, seq, after } = joined;
  if (after === null || !log) {
    const last = events.at(-1)?.seq ?? (after === null ? seq : after);
    return {
      epoch,
      events: events.filter((event) => !isChange(event)),
      first: events[0]?.seq ?? last + 1,
      last,
      more: more ?? false,
      older: 'idle',
      since: [],
      gap: false,
      joins: (log?.joins ?? 0) + 1,
    };
  }
  if (after > log.last) return { ...log, gap: true };
  const missed = events.filter((event) => event.seq > log.last);
  if (missed.length === 0 && !log.gap && log.epoch === epoch) return log;
  return { ...follow(log, missed), epoch, gap: false, joins: log.joins + 1 };
}

/** An older page is on its way. @param {Pick<Log, 'older'>} log */
export const isAsked = ({ older }) => older === 'loading' || older === 'ahead';

/**
 * An older page is asked for, or does not come.
 * @param {Log} log
 * @param {Log['older']} older
 * @returns {Log}
 */
export const applyAsked = (log, older) => ({ ...log, older, since: [], asked: log.last });

/**
 * Puts an older page before what is held. A page that does not fit is left out:
 * the log was replaced meanwhile, or it is from before what was asked for.
 * @param {Log} log
 * @param {number} before
 * @param {Pick<EventsPage, 'events' | 'more' | 'epoch' | 'seq'>} page
 * @returns {Log}
 */
export function applyPage(log, before, page) {
  const idle = applyAsked(log, 'idle');
  const fits = page.epoch === log.epoch && before === log.first && isAsked(log);
  if (!fits || page.seq < (log.asked ?? 0)) return idle;
  const older = page.events.filter((event) => event.seq < before);
  const shown = older.filter((event) => !isChange(event));
  const since = log.since.filter(({ seq }) => seq > page.seq);
  return {
    ...idle,
    events: [...foldAll(shown, since), ...log.events],
    first: older[0]?.seq ?? log.first,
    more: page.more && older.length > 0,
  };
}

/**
 * What is held of a room that nobody looks at, and the end of its log as it was
 * read ahead. Where the two do not meet, or the log is another one by now, only
 * the page stays.
 * @param {Log | null} log
 * @param {Pick<EventsPage, 'events' | 'more' | 'epoch' | 'seq'>} page
 * @param {number} head what comes after it is left to be told of
 * @returns {Log | null}
 */
export function applyAhead(log, { epoch, events: all, more, seq }, head) {
  const events = all.filter((event) => event.seq <= head);
  const last = events.at(-1)?.seq ?? 0;
  const same = log?.epoch === epoch;
  if ((all.length > 0 && events.length === 0) || (same && last <= log.last)) return log;
  const meets = same && events[0].seq <= log.last + 1;
  return applyJoined(log, { epoch, events, more, seq, after: meets ? log.last : null });
}

/**
 * The newest part of a log.
 * @param {Log} log
 * @param {number} count of events
 * @returns {Log}
 */
export function tail(log, count) {
  const { length } = log.events;
  if (length <= count) return log;
  const events = log.events.slice(length - count);
  return {
    ...log,
    events,
    first: events[0]?.seq ?? log.last + 1,
    more: true,
    older: 'idle',
    since: [],
  };
}

/** Comings and goings beside the messages: more than this of them nobody needs. */
const PER_MESSAGE = 5;

/**
 * Where the newest messages of a log begin in what is held of it, and whether
 * those are all that one wants.
 * @param {Log} log
 * @param {number} messages
 */
function newestFrom({ events }, messages) {
  let start = events.length;
  let count = 0;
  while (start > 0 && count < messages && events.length - start < messages * PER_MESSAGE) {
    start -= 1;
    if (isSaid(events[start])) count += 1;
  }
  return { start, full: count >= messages || events.length - start >= messages * PER_MESSAGE };
}

/**
 * The newest messages of a log and what lies between them, as it is kept for later.
 * @param {Log} log
 * @param {number} messages
 * @returns {Log}
 */
export const newest = (log, messages) =>
  tail(log, log.events.length - newestFrom(log, messages).start);

/** Whether there are older messages that belong to that many. @param {Log} log @param {number} messages */
export const isShort = (log, messages) => log.more && !newestFrom(log, messages).full;
