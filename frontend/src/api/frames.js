/** @import {Command, ServerFrame} from './protocol.d.ts' */

export const SUBPROTOCOL = 'teahouse.v1';

/** Why the server closed, and with it what to do next. */
export const CLOSE = {
  goingAway: 1001, // restarting or shutting down: come back after the hint
  withdrawn: 1008, // signed out, or the limits were ignored: ask who we are first
  restarting: 1012, // like goingAway
  overloaded: 1013, // come back much later
};

/** @type {Record<string, Record<string, 'string' | 'number' | 'object'>>} */
const required = {
  hello: { user: 'object', rooms: 'object', limits: 'object' },
  ok: { id: 'string' },
  error: { code: 'string' },
  event: { room: 'string', seq: 'number', kind: 'string' },
  typing: { room: 'string', user: 'object' },
  presence: { room: 'string', count: 'number' },
  activity: { room: 'string', seq: 'number', unread: 'number' },
  read: { room: 'string', seq: 'number' },
  resync: { room: 'string', seq: 'number' },
};

/**
 * @param {Command} command
 * @returns {string}
 */
export function encode(command) {
  return JSON.stringify(command);
}

/**
 * The frame in `text`, or null for what this client does not understand: a
 * newer server may say more than we know, and that must not hurt.
 * @param {unknown} text
 * @returns {ServerFrame | null}
 */
export function decode(text) {
  if (typeof text !== 'string') return null;
  let frame;
  try {
    frame = JSON.parse(text);
  } catch {
    return null;
  }
  const fields = frame && Object.hasOwn(required, frame.op) && required[frame.op];
  if (!fields) return null;
  const complete = Object.entries(fields).every(
    ([name, type]) => typeof frame[name] === type && frame[name] !== null,
  );
  return complete ? frame : null;
}

/**
 * How long the server asks us to stay away, from the reason of a close frame
 * (`retry_ms=250`); undefined when it does not say.
 * @param {string} reason
 * @returns {number | undefined}
 */
export function retryHint(reason) {
  const found = /\bretry_ms\D{1,3}(\d{1,7})\b/.exec(reason);
  return found ? Number(found[1]) : undefined;
}
