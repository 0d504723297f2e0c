import { once } from 'node:events';
import WebSocket from 'ws';

/** @import {ClientOptions, RawData} from 'ws' */

const WITHIN = 30_000;

/** The dialects, and where they are: how a program of each tutorial would call. */
export const CRA = 'http://localhost:3000';
export const IDE = 'http://localhost:63342';

/** @typedef {{text: string, binary: boolean}} Frame */

/**
 * A program with a WebSocket, as the npm package makes them. It keeps every
 * frame it got, and waits for conditions, never for a time.
 */
export class Peer {
  /** @type {Frame[]} */
  frames = [];

  /** @type {{code: number, reason: string} | null} */
  end = null;

  /** @type {Set<() => void>} */
  #watching = new Set();

  /** @type {import('node:net').Socket | null} */
  #wire = null;

  /** @param {WebSocket} socket not open yet */
  constructor(socket) {
    this.socket = socket;
    socket.on('upgrade', (answer) => (this.#wire = answer.socket));
    socket.on('message', (/** @type {RawData} */ data, binary) => {
      this.frames.push({ text: String(data), binary });
      this.#look();
    });
    socket.on('close', (code, reason) => {
      this.end = { code, reason: String(reason) };
      this.#look();
    });
    socket.on('error', () => {}); // its close follows, and says more
  }

  #look() {
    for (const look of this.#watching) look();
  }

  /** What came as text, in order. */
  get texts() {
    return this.frames.map(({ text }) => text);
  }

  /** @param {string | Buffer} data */
  send(data) {
    this.socket.send(data);
  }

  /** Text whose bytes may be no UTF-8. @param {Buffer} bytes */
  sendText(bytes) {
    this.socket.send(bytes, { binary: false });
  }

  /** One message in several frames. @param {string[]} parts */
  sendParts(parts) {
    for (const [at, part] of parts.entries()) {
      this.socket.send(part, { fin: at === parts.length - 1 });
    }
  }

  /**
   * @param {() => boolean} holds @param {string} what for the error
   * @returns {Promise<void>} once it holds
   */
  until(holds, what) {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!holds()) return;
        this.#watching.delete(look);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#watching.delete(look);
        const last = this.texts.slice(-5).map((text) => JSON.stringify(text.slice(0, 200)));
        const end = this.end ? `; closed with ${this.end.code} ${this.end.reason}` : '';
        reject(
          new Error(
            `no ${what} in ${this.frames.length} frames, the last ${last.join(', ')}${end}`,
          ),
        );
      }, WITHIN);
      this.#watching.add(look);
      look();
    });
  }

  /** Until so many frames came. @param {number} count */
  count(count) {
    return this.until(() => this.frames.length >= count, `${count} frames`);
  }

  /** Sends, and answers with the frame that comes next. @param {string | Buffer} data */
  async ask(data) {
    const before = this.frames.length;
    this.send(data);
    await this.count(before + 1);
    return this.frames[before].text;
  }

  /** Until the server closed it, or the wire broke. */
  async closed() {
    await this.until(() => this.end !== null, 'close');
    return /** @type {{code: number, reason: string}} */ (this.end);
  }

  /** Reads nothing more: what comes stays in the kernel's buffers. */
  stall() {
    this.socket.pause();
  }

  /** Gone without a word: the other side gets a TCP reset. */
  reset() {
    this.#wire?.resetAndDestroy();
  }

  /** Goes politely. @param {number} [code] */
  async leave(code = 1000) {
    this.socket.resume();
    if (this.end === null) this.socket.close(code);
    return this.closed();
  }
}

/** @typedef {{origin?: string, protocol?: string, headers?: Record<string, string>}} Manner */

/** @param {string} address @param {Manner} manner */
function call(address, { origin, protocol, headers }) {
  /** @type {ClientOptions} */
  const options = { headers, origin, perMessageDeflate: false };
  return new WebSocket(address, protocol ? [protocol] : [], options);
}

/**
 * @param {string} address @param {Manner} [manner]
 * @returns {Promise<Peer>} once it is open
 */
export async function dial(address, manner = {}) {
  const socket = call(address, manner);
  const peer = new Peer(socket);
  await once(socket, 'open');
  return peer;
}

/**
 * @param {string} address @param {Manner} [manner]
 * @returns {Promise<number>} the HTTP status with which the server refuses it; 101 if it does not
 */
export function refused(address, manner = {}) {
  const socket = call(address, manner);
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (request, answer) => {
      request.destroy();
      resolve(answer.statusCode ?? 0);
    });
    socket.on('open', () => {
      socket.terminate();
      resolve(101);
    });
    socket.on('error', reject);
  });
}
