import { byteLength } from '../../lib/text.js';
import { toHex } from './bytes.js';

/**
 * One line of the log. What was binary is kept as hexadecimal digits, and of a
 * long one only the beginning; `size` is what went over the wire, in bytes.
 * @typedef {object} Entry
 * @property {number} id
 * @property {number} at
 * @property {Kind} kind
 * @property {string} text
 * @property {number | null} size null for what is no frame
 * @property {boolean} binary
 */

/** @typedef {'open' | 'sent' | 'received' | 'closed'} Kind */
/** @typedef {{entries: Entry[], dropped: number}} Log `dropped`: how many older ones were let go */

/** @type {Record<Kind, string>} how the pages of the tutorials call it, in every language */
export const labels = { open: 'OPEN', sent: 'SEND', received: 'RESPONSE', closed: 'CLOSE' };

export const MOST = 2_000;
export const HEAVIEST = 4 * 1024 * 1024;
/** So much of a binary frame is kept. */
export const BYTES_KEPT = 4_096;
/** A burst is shown at once rather than line by line. */
const SHOWN_EVERY = 50;

/**
 * What was seen on a socket, bounded in number and in size. It takes everything
 * as it comes and tells its listeners now and then.
 * @param {{now?: () => number, most?: number, heaviest?: number}} [options]
 */
export function createRecord({ now = Date.now, most = MOST, heaviest = HEAVIEST } = {}) {
  /** @type {Entry[]} */
  let entries = [];
  let weight = 0;
  let dropped = 0;
  let last = 0;
  /** @type {Log} */
  let shown = { entries: [], dropped: 0 };
  /** @type {Set<() => void>} */
  const listeners = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let quietUntil = 0;

  function show() {
    timer = undefined;
    quietUntil = now() + SHOWN_EVERY;
    shown = { entries: [...entries], dropped };
    for (const listener of listeners) listener();
  }

  function changed() {
    if (timer !== undefined) return;
    const wait = quietUntil - now();
    if (wait <= 0) show();
    else timer = setTimeout(show, Math.min(wait, SHOWN_EVERY));
  }

  return {
    /** @param {Kind} kind @param {string | Uint8Array} data */
    add(kind, data) {
      const binary = typeof data !== 'string';
      const text = binary ? toHex(data.subarray(0, BYTES_KEPT)) : data;
      const frame = kind === 'sent' || kind === 'received';
      const length = binary ? data.length : byteLength(data);
      last += 1;
      entries.push({ id: last, at: now(), kind, text, size: frame ? length : null, binary });
      weight += text.length;
      let gone = 0;
      while (entries.length - gone > 1 && (entries.length - gone > most || weight > heaviest)) {
        weight -= entries[gone].text.length;
        gone += 1;
      }
      if (gone > 0) entries = entries.slice(gone);
      dropped += gone;
      changed();
    },

    /** Nothing is left of it. */
    clear() {
      entries = [];
      weight = 0;
      dropped = 0;
      clearTimeout(timer);
      show();
    },

    /** As far as it is shown. @returns {Log} */
    get: () => shown,

    /** All of it, one line each as far as its text has no more. @returns {string} */
    text: () => entries.map((entry) => `${timeOf(entry.at)} ${lineOf(entry)}`).join('\n'),

    /** @param {() => void} listener */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** @typedef {ReturnType<typeof createRecord>} FrameRecord */

/** @param {Entry} entry */
const lineOf = ({ kind, text }) => (text ? `${labels[kind]}: ${text}` : labels[kind]);

/** @param {number} value @param {number} digits */
const padded = (value, digits) => String(value).padStart(digits, '0');

/** The time of day to the millisecond, the same in every language. @param {number} at */
export function timeOf(at) {
  const date = new Date(at);
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return `${parts.map((part) => padded(part, 2)).join(':')}.${padded(date.getMilliseconds(), 3)}`;
}
