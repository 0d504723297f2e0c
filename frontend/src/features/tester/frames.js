import { newId } from '../../lib/id.js';

/** Frames of teahouse.v1 to begin with, each with an id of its own. */
export const frames = {
  join: (/** @type {string} */ room) => ({ op: 'join', id: newId(), room, limit: 20 }),
  send: (/** @type {string} */ room) => ({ op: 'send', id: newId(), room, body: 'hello' }),
  ping: () => ({ op: 'ping', id: newId() }),
};

/** What /websocket takes. @param {string} username @param {string} text */
export const spoken = (username, text) => JSON.stringify({ username, text });
