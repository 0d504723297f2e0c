import { ApiError } from './error.js';
import { backoff } from './backoff.js';
import { CLOSE, decode, encode, retryHint, SUBPROTOCOL } from './frames.js';
import { newId } from '../lib/id.js';

/** @import {Command, ErrorFrame, OkFrame, ServerFrame} from './protocol.d.ts' */

/**
 * Where the one connection stands. `retryAt` is the time of the next attempt;
 * `withdrawn` says that the server ended this session's access.
 * @typedef {{state: 'connecting' | 'connected'}
 *   | {state: 'disconnected', retryAt: number, withdrawn: boolean}} SocketStatus
 */

/** @typedef {(answer: OkFrame | ErrorFrame | ApiError) => void} Settle */

const HELLO_WITHIN = 15_000; // from opening the socket to hello
const STABLE_AFTER = 10_000; // only then the backoff starts from nothing again
const SILENCE = 30_000;
const SILENCE_WAITING = 10_000; // a command waits for its answer
const PONG_WITHIN = 10_000;

/**
 * Keeps one connection open for as long as `close` was not called. A command is
 * settled exactly once: by its answer, or with `offline` when the connection
 * goes first. Frames are passed on in the order they came.
 * @param {{
 *   url: string,
 *   WebSocket: typeof globalThis.WebSocket,
 *   host: Pick<Window, 'addEventListener' | 'removeEventListener'>,
 *   random: () => number,
 *   onStatus: (status: SocketStatus) => void,
 *   onFrame: (frame: ServerFrame) => void,
 * }} options
 */
export function openSocket({ url, WebSocket, host, random, onStatus, onFrame }) {
  /** @type {WebSocket | null} */
  let socket = null;
  /** @type {SocketStatus['state']} */
  let state = 'disconnected';
  let closed = false;
  let attempt = 0;
  let heardAt = 0;
  let pinged = false;
  /** @type {Map<string, Settle>} */
  const waiting = new Map();
  /** @type {Record<'retry' | 'stable' | 'watch', any>} */
  const timers = { retry: undefined, stable: undefined, watch: undefined };

  /** @param {SocketStatus} status */
  function enter(status) {
    state = status.state;
    onStatus(status);
  }

  function connect() {
    clearTimeout(timers.retry);
    enter({ state: 'connecting' });
    const ours = new WebSocket(url, SUBPROTOCOL);
    socket = ours;
    timers.watch = setTimeout(drop, HELLO_WITHIN, {});
    ours.onmessage = (message) => socket === ours && receive(message.data);
    ours.onclose = ({ code, reason }) => {
      if (socket === ours) drop({ code, hint: retryHint(reason) });
    };
  }

  /** @param {unknown} data */
  function receive(data) {
    heardAt = Date.now();
    pinged = false;
    const frame = decode(data);
    if (!frame) return;
    if (frame.op === 'hello') {
      timers.stable = setTimeout(() => (attempt = 0), STABLE_AFTER);
      watch(SILENCE);
      enter({ state: 'connected' });
    }
    if ((frame.op === 'ok' || frame.op === 'error') && frame.id !== undefined) {
      const settle = waiting.get(frame.id);
      waiting.delete(frame.id);
      settle?.(frame);
    } else {
      onFrame(frame);
    }
  }

  /** Pings when nothing was heard for `silence`, and gives up when that is in vain. @param {number} silence */
  function watch(silence) {
    clearTimeout(timers.watch);
    const look = () => {
      const quiet = Date.now() - heardAt;
      const bound = waiting.size > 0 ? SILENCE_WAITING : SILENCE;
      if (pinged) return drop({});
      if (quiet < bound) {
        timers.watch = setTimeout(look, bound - quiet);
        return undefined;
      }
      command({ op: 'ping', id: newId() }, () => {});
      pinged = true;
      clearTimeout(timers.watch);
      timers.watch = setTimeout(look, PONG_WITHIN);
      return undefined;
    };
    timers.watch = setTimeout(look, silence);
  }

  /** Ends this connection, if any, and plans the next. @param {{code?: number, hint?: number}} why */
  function drop(why) {
    abandon();
    const wait = backoff(attempt, why, random);
    attempt += 1;
    timers.retry = setTimeout(connect, wait);
    const withdrawn = why.code === CLOSE.withdrawn;
    enter({ state: 'disconnected', retryAt: Date.now() + wait, withdrawn });
  }

  function abandon() {
    for (const timer of Object.values(timers)) clearTimeout(timer);
    const old = socket;
    socket = null;
    pinged = false;
    old?.close();
    const lost = [...waiting.values()];
    waiting.clear();
    for (const settle of lost) settle(new ApiError('offline'));
  }

  /**
   * @param {Command} frame
   * @param {Settle} settle
   */
  function command(frame, settle) {
    if (state !== 'connected' || !socket) {
      settle(new ApiError('offline'));
      return;
    }
    waiting.set(frame.id, settle);
    socket.send(encode(frame));
    if (!pinged && waiting.size === 1) watch(SILENCE_WAITING);
  }

  /** Tries at once, unless connected; what failed before is forgotten. */
  function retry() {
    if (closed || state !== 'disconnected') return;
    attempt = 0;
    connect();
  }

  // The network came, went or changed: what is open, or about to be, is most
  // likely dead, and finding out costs one attempt. Waiting for silence would
  // cost half a minute.
  function restart() {
    if (closed) return;
    abandon();
    attempt = 0;
    connect();
  }

  const onOnline = () => state !== 'connected' && restart();
  const onOffline = () => state !== 'disconnected' && restart();

  // Timers sleep in hidden tabs and suspended machines; look again on return.
  function onVisible() {
    if (globalThis.document?.visibilityState === 'hidden') return;
    if (state === 'connected' && !pinged && Date.now() - heardAt > SILENCE) watch(0);
    else retry();
  }

  /** @type {[string, () => unknown][]} */
  const listeners = [
    ['online', onOnline],
    ['offline', onOffline],
    ['visibilitychange', onVisible],
    ['pageshow', onVisible],
  ];
  // visibilitychange fires at the document and bubbles up to the window.
  for (const [name, listener] of listeners) host.addEventListener(name, listener);
  connect();

  return {
    command,
    retry,
    close() {
      closed = true;
      for (const [name, listener] of listeners) host.removeEventListener(name, listener);
      abandon();
      state = 'disconnected';
    },
  };
}
