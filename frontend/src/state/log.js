/**
 * @import {EventFrame, EventsPage} from '../api/protocol.d.ts'
 * @import {Joined} from '../api/subscriptions.js'
 */

/**
 * What is held of a room's log: a run of events without gaps that ends at
 * `last`. `gap` says that something after it was missed and must be asked for.
 * @typedef {object} Log
 * @property {string} epoch
 * @property {EventFrame[]} events ascending
 * @property {number} last
 * @property {boolean} more older ones exist
 * @property {'idle' | 'loading' | 'failed'} older
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
  return { ...log, events: [...log.events, event], last: event.seq };
}

/**
 * @param {Log | null} log
 * @param {Joined} joined
 * @returns {Log}
 */
export function applyJoined(log, joined) {
  const { epoch, events, more, seq, after } = joined;
  if (after === null || !log) {
    const last = events.at(-1)?.seq ?? (after === null ? seq : after);
    const joins = (log?.joins ?? 0) + 1;
    return { epoch, events, last, more: more ?? false, older: 'idle', gap: false, joins };
  }
  if (after > log.last) return { ...log, gap: true };
  const missed = events.filter((event) => event.seq > log.last);
  if (missed.length === 0 && !log.gap && log.epoch === epoch) return log;
  return {
    ...log,
    epoch,
    events: [...log.events, ...missed],
    last: missed.at(-1)?.seq ?? log.last,
    gap: false,
    joins: log.joins + 1,
  };
}

/**
 * Puts an older page before what is held. A page that does not fit (the log was
 * replaced meanwhile) is left out.
 * @param {Log} log
 * @param {number} before
 * @param {Pick<EventsPage, 'events' | 'more' | 'epoch'>} page
 * @returns {Log}
 */
export function applyPage(log, before, page) {
  if (page.epoch !== log.epoch || before !== log.events[0]?.seq) return { ...log, older: 'idle' };
  const older = page.events.filter((event) => event.seq < before);
  return {
    ...log,
    events: [...older, ...log.events],
    more: page.more && older.length > 0,
    older: 'idle',
  };
}

/**
 * The newest part of a log, as it is kept for later.
 * @param {Log} log
 * @param {number} count
 * @returns {Log}
 */
export function tail(log, count) {
  if (log.events.length <= count) return log;
  return { ...log, events: log.events.slice(-count), more: true, older: 'idle' };
}
