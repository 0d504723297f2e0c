import { socketAddress } from './address.js';
import { ApiError } from './error.js';
import { request } from './http.js';
import { openSocket } from './socket.js';
import { keepSubscriptions } from './subscriptions.js';
import { newId } from '../lib/id.js';

/**
 * @import {About, Command, EventsPage, OkChange, OkFrame, OkSend, Room, RoomChange, RoomList, Self, ServerFrame, TodoList} from './protocol.d.ts'
 * @import {Joined, Position, Refused} from './subscriptions.js'
 * @import {SocketStatus} from './socket.js'
 */

/** All that `connect` tells: frames of the server, and how the connection fares.
 * @typedef {ServerFrame | Joined | Refused | ({op: 'status'} & SocketStatus)} ApiEvent */

/** @type {{socket: ReturnType<typeof openSocket>, subscriptions: ReturnType<typeof keepSubscriptions>} | null} */
let current = null;

/**
 * Opens the connection and keeps it open, whatever happens to the network or
 * the server, until the returned function is called.
 * @param {(event: ApiEvent) => void} onEvent
 * @returns {() => void} disconnect
 */
export function connect(onEvent) {
  current?.socket.close();
  current?.subscriptions.close();
  const subscriptions = keepSubscriptions({ command, onEvent });
  const socket = openSocket({
    url: socketAddress(),
    WebSocket: globalThis.WebSocket,
    host: window,
    random: Math.random,
    onStatus: (status) => onEvent({ op: 'status', ...status }),
    onFrame(frame) {
      if (frame.op === 'event') return subscriptions.event(frame);
      if (frame.op === 'resync') return subscriptions.resync(frame);
      onEvent(frame);
      if (frame.op === 'hello') subscriptions.rejoin();
      return undefined;
    },
  });
  const opened = { socket, subscriptions };
  current = opened;
  return () => {
    socket.close();
    subscriptions.close();
    if (current === opened) current = null;
  };
}

/**
 * Sends a message. Safe to repeat with the same `id`: it is written once.
 * @param {{room: string, body: string, id?: string, parent?: string}} message
 * @returns {Promise<OkSend>} once it is on the server's stable storage
 */
export function sendMsg({ room, body, id = newId(), parent }) {
  return /** @type {Promise<OkSend>} */ (
    ask({ op: 'send', id, room, body, ...(parent && { parent }) })
  );
}

/**
 * Gives a message of one's own another text. This and the next two are as safe
 * to repeat as `sendMsg`.
 * @param {{room: string, message: string, body: string, id?: string}} change
 * @returns {Promise<OkChange>} once it is on the server's stable storage
 */
export const editMsg = ({ room, message, body, id = newId() }) =>
  /** @type {Promise<OkChange>} */ (ask({ op: 'edit', id, room, message, body }));

/** Takes a message of one's own back. @param {{room: string, message: string, id?: string}} change @returns {Promise<OkChange>} */
export const deleteMsg = ({ room, message, id = newId() }) =>
  /** @type {Promise<OkChange>} */ (ask({ op: 'delete', id, room, message }));

/**
 * Adds or takes away one's reaction.
 * @param {{room: string, message: string, emoji: string, on: boolean, id?: string}} change
 * @returns {Promise<OkChange>}
 */
export const react = ({ room, message, emoji, on, id = newId() }) =>
  /** @type {Promise<OkChange>} */ (ask({ op: 'react', id, room, message, emoji, on }));

/**
 * Adds an item to a room's list, takes all of a text off it, or one item, or puts that back.
 * @param {{room: string, body?: string, message?: string, on: boolean, id?: string}} wish
 * @returns {Promise<OkSend | OkChange>}
 */
export const todo = ({ room, body, message, on, id = newId() }) =>
  /** @type {Promise<OkSend | OkChange>} */ (
    ask({ op: 'todo', id, room, ...(message === undefined ? { body } : { message }), on })
  );

/** Posts a table. @param {{room: string, body: string, id?: string}} card @returns {Promise<OkSend>} */
export const postCard = ({ room, body, id = newId() }) =>
  /** @type {Promise<OkSend>} */ (ask({ op: 'card', id, room, body }));

/** Listens to a room; the answer comes as `joined` or `refused`. @param {string} room @param {Position} position */
export const joinRoom = (room, position) => current?.subscriptions.join(room, position);

/** Stops listening. Membership stays. @param {string} room */
export const leaveRoom = (room) => current?.subscriptions.leave(room);

/** @param {string} room @param {number} seq */
export const sendRead = (room, seq) => ask({ op: 'read', id: newId(), room, seq });

/** @param {string} room */
export const sendTyping = (room) => ask({ op: 'typing', id: newId(), room });

/** Tries to connect now rather than when the wait is over. */
export const reconnect = () => current?.socket.retry();

/** @returns {Promise<Self>} */
export async function whoAmI() {
  // Quiet: that it is nobody is no error for the browser to report.
  const answer = await request('GET', '/api/session?quiet');
  if (!answer) throw new ApiError('unauthenticated');
  return answer.user;
}

/** Becomes a guest of that name. @param {string} name @returns {Promise<Self>} */
export const signIn = async (name) => (await request('POST', '/api/session', { name })).user;

/** Goes by another name from now on. @param {string} name @returns {Promise<Self>} */
export const rename = async (name) => (await request('PATCH', '/api/session', { name })).user;

/** @returns {Promise<void>} */
export const signOut = () => request('DELETE', '/api/session');

/** @returns {Promise<RoomList>} */
export const listRooms = () => request('GET', '/api/rooms');

/** @param {string} room @returns {Promise<Room>} */
export const getRoom = async (room) => (await request('GET', roomPath(room))).room;

/** @param {{name: string, topic?: string}} room @returns {Promise<Room>} */
export const createRoom = async (room) => (await request('POST', '/api/rooms', room)).room;

/** Gives a room another name or topic. @param {string} room @param {RoomChange} change @returns {Promise<Room>} */
export const updateRoom = async (room, change) =>
  (await request('PATCH', roomPath(room), change)).room;

/** Becomes a member. @param {string} room @returns {Promise<Room>} */
export const becomeMember = async (room) =>
  (await request('PUT', `${roomPath(room)}/members/me`)).room;

/** Stops being a member. @param {string} room @returns {Promise<void>} */
export const endMembership = (room) => request('DELETE', `${roomPath(room)}/members/me`);

/** @param {string} room @param {number} before @param {number} limit @returns {Promise<EventsPage>} */
export const olderEvents = (room, before, limit) =>
  request('GET', `${roomPath(room)}/events?before=${before}&limit=${limit}`);

/** The end of a room's log. @param {string} room @param {number} limit @returns {Promise<EventsPage>} */
export const newestEvents = (room, limit) =>
  request('GET', `${roomPath(room)}/events?limit=${limit}`);

/** What is open on a room's list. @param {string} room @returns {Promise<TodoList>} */
export const listTodos = (room) => request('GET', `${roomPath(room)}/todos`);

/** Which server this is. @returns {Promise<About>} */
export const about = () => request('GET', '/api/about');

/** Whether the server can do its work. @returns {Promise<'ready' | 'unavailable'>} rejects where it cannot be reached */
export const health = async () => {
  try {
    return (await request('GET', '/readyz')).status;
  } catch (error) {
    if (/** @type {ApiError} */ (error).code === 'offline') throw error;
    return 'unavailable';
  }
};

/** @param {string} room */
const roomPath = (room) => `/api/rooms/${encodeURIComponent(room)}`;

/**
 * @param {Command} frame
 * @param {(answer: any) => void} settle
 */
function command(frame, settle) {
  if (current) current.socket.command(frame, settle);
  else settle(new ApiError('offline'));
}

/**
 * @param {Command} frame
 * @returns {Promise<OkFrame>}
 */
function ask(frame) {
  return new Promise((resolve, reject) => {
    command(frame, (answer) => {
      if (answer instanceof ApiError) reject(answer);
      else if (answer.op === 'error') reject(new ApiError(answer.code, answer));
      else resolve(answer);
    });
  });
}
