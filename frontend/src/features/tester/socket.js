import { openPlain } from '../../api/plain.js';

/** @import {FrameRecord} from './record.js' */

/**
 * Where the socket stands. `failed`: it never opened, and the browser does not
 * say why. `end` is what was said when it closed.
 * @typedef {{state: 'closed', end: End | null}
 *   | {state: 'opening' | 'closing' | 'failed'}
 *   | {state: 'open', protocol: string}} Status
 */

/** @typedef {{code: number, reason: string}} End */

/**
 * The one socket of the page: opened, used and closed by hand. All that goes
 * over it is recorded.
 * @param {FrameRecord} record
 */
export function createSocket(record) {
  /** @type {ReturnType<typeof openPlain> | null} */
  let socket = null;
  /** @type {Status} */
  let status = { state: 'closed', end: null };
  /** @type {Set<() => void>} */
  const listeners = new Set();

  /** @param {Status} next */
  function enter(next) {
    status = next;
    for (const listener of listeners) listener();
  }

  return {
    get: () => status,

    /** @param {() => void} listener */
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    /** @param {string} address @param {string | undefined} protocol */
    open(address, protocol) {
      if (socket) return;
      enter({ state: 'opening' });
      socket = openPlain(address, protocol, {
        onOpen(chosen) {
          record.add('open', chosen ? `${address} (${chosen})` : address);
          // Whoever wants it closed again by now is not told that it is open.
          if (status.state === 'opening') enter({ state: 'open', protocol: chosen });
        },
        onFrame: (data) => record.add('received', data),
        onClose(end) {
          socket = null;
          record.add('closed', end.reason ? `${end.code} ${end.reason}` : String(end.code));
          enter(status.state === 'opening' ? { state: 'failed' } : { state: 'closed', end });
        },
      });
    },

    close() {
      if (!socket || status.state === 'closing') return;
      enter({ state: 'closing' });
      socket.close();
    },

    /** @param {string | Uint8Array<ArrayBuffer>} data @returns {boolean} whether there was somewhere to send it */
    send(data) {
      if (!socket || status.state !== 'open') return false;
      socket.send(data);
      record.add('sent', data);
      return true;
    },

    /** The page goes: nothing is heard from it any more. */
    forget() {
      socket?.forget();
      socket = null;
      status = { state: 'closed', end: null };
    },
  };
}

/** @typedef {ReturnType<typeof createSocket>} Socket */
