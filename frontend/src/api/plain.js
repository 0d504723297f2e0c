import { socketAddress } from './address.js';
import { ApiError } from './error.js';
import { ANSWER_WITHIN, base, refusal } from './http.js';

/**
 * What the browser tells of a socket. `onOpen` gets the subprotocol that the
 * server picked, `onClose` what it said at the end (1006: nothing).
 * @typedef {object} PlainEvents
 * @property {(protocol: string) => void} onOpen
 * @property {(data: string | Uint8Array) => void} onFrame
 * @property {(end: {code: number, reason: string}) => void} onClose
 */

/**
 * Where one of the server's WebSockets is. What is empty is not asked for.
 * @param {string} path
 * @param {Record<string, string>} [query]
 */
export function plainAddress(path, query = {}) {
  const address = new URL(path.replace(/^\//, ''), socketAddress());
  for (const [name, value] of Object.entries(query)) {
    if (value) address.searchParams.set(name, value);
  }
  return address.href;
}

/**
 * One WebSocket as the browser has it, for whoever wants to see what goes over
 * it: nothing of ours is laid over it, and nothing opens it again.
 * @param {string} address
 * @param {string | undefined} protocol the subprotocol to offer
 * @param {PlainEvents} events
 */
export function openPlain(address, protocol, { onOpen, onFrame, onClose }) {
  const socket = new WebSocket(address, protocol ? [protocol] : []);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => onOpen(socket.protocol);
  socket.onmessage = ({ data }) => onFrame(typeof data === 'string' ? data : new Uint8Array(data));
  socket.onclose = ({ code, reason }) => onClose({ code, reason });
  return {
    /** @param {string | Uint8Array<ArrayBuffer>} data */
    send: (data) => socket.send(data),
    close: () => socket.close(1000),
    /** Ends it without a word to or from anybody. */
    forget() {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(1000);
    },
  };
}

/**
 * Sends a text to all who are at /echo, or the server's sample table where none is given.
 * @param {string | undefined} msg
 * @param {string} token of the administrator, where the server asks for one
 * @throws {ApiError}
 */
export async function pushAll(msg, token) {
  let response;
  try {
    response = await fetch(`${base}/sendall`, {
      method: 'POST',
      credentials: 'omit',
      signal: AbortSignal.timeout(ANSWER_WITHIN),
      headers: {
        'Content-Type': 'application/json',
        ...(token && { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ msg }),
    });
  } catch (error) {
    throw new ApiError('offline', { detail: String(error) });
  }
  if (!response.ok) throw refusal(response.status, await response.json().catch(() => null));
}
