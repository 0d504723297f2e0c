import { record } from '../lib/record.js';
import { applyAsked } from './log.js';
import { applyPresence, applyTyping, expireTyping, stopTyping } from './people.js';
import { applyDiscarded, applyEntry, applyOutbox, retire, retireAll } from './queue.js';
import {
  applyActivity,
  applyCached,
  applyHello,
  applyJoin,
  applyLive,
  applyOlder,
  applyOpen,
  applyRead,
  applyReadAhead,
  applyRefused,
  applyRoom,
  applyTodos,
  updateRoom,
} from './rooms.js';

/**
 * @import {Limits, Room as RoomInfo, Self} from '../api/protocol.d.ts'
 * @import {SocketStatus} from '../api/socket.js'
 * @import {Leftover} from './leftovers.js'
 * @import {Presence, Typing} from './people.js'
 * @import {Entry} from './queue.js'
 * @import {Room} from './rooms.js'
 */

/**
 * Everything the screen shows.
 * @typedef {object} State
 * @property {'asking' | 'unreachable' | 'nobody' | 'somebody'} session
 * @property {'expired' | null} farewell why nobody is signed in any more
 * @property {Self | null} me
 * @property {SocketStatus} status
 * @property {boolean} connected
 * @property {boolean} met there was a connection before
 * @property {number | null} lostAt since when there is no connection
 * @property {Limits} limits
 * @property {Record<string, Room>} rooms
 * @property {string | null} open the room on screen
 * @property {boolean} attentive the newest message of the open room is being looked at
 * @property {Presence | null} presence
 * @property {Typing} typing
 * @property {Entry[]} outbox
 * @property {Leftover[]} leftovers what others wrote here and could not send
 * @property {boolean} durable what is typed survives closing the tab
 * @property {string[]} favourites rooms that stand first, on this device
 */

/** @type {State} */
export const initialState = {
  session: 'asking',
  farewell: null,
  me: null,
  status: { state: 'connecting' },
  connected: false,
  met: false,
  lostAt: null,
  limits: { body: 32_768, frame: 262_144 },
  rooms: record(),
  open: null,
  attentive: false,
  presence: null,
  typing: record(),
  outbox: [],
  leftovers: [],
  durable: true,
  favourites: [],
};

/** @typedef {{op: string, now?: number, [field: string]: any}} Action */

/** @type {Record<string, (state: State, action: any) => State>} */
const handlers = {
  // from the server
  hello: (state, frame) => retireAll(applyHello(state, frame)),
  event: (state, event) => retire(stopTyping(applyLive(state, event), event), [event]),
  joined: (state, frame) => retire(applyJoin(state, frame), frame.events),
  refused: applyRefused,
  presence: applyPresence,
  typing: applyTyping,
  activity: applyActivity,
  read: applyRead,

  // about the connection and who is using it
  status: (state, { op: _, now, ...status }) => {
    const connected = status.state === 'connected';
    return {
      ...state,
      status,
      connected,
      met: state.met || connected,
      lostAt: connected ? null : (state.lostAt ?? now),
      presence: connected ? state.presence : null,
      typing: connected ? state.typing : record(),
    };
  },
  session: (state, { session, me = null, farewell = null }) =>
    session === 'nobody'
      ? { ...initialState, durable: state.durable, session, farewell }
      : { ...state, session, me, farewell },
  me: (state, { me }) => ({ ...state, me }),
  durable: (state, { durable }) => ({ ...state, durable }),

  // from this device
  cached: (state, action) => retireAll(applyCached(state, action)),
  outbox: applyOutbox,
  entry: applyEntry,
  discarded: applyDiscarded,
  leftovers: (state, { leftovers }) => ({ ...state, leftovers }),
  decided: (state, { id }) => ({
    ...state,
    leftovers: state.leftovers.filter((left) => left.id !== id),
  }),

  // from whoever sits before the screen
  open: applyOpen,
  attention: (state, { attentive }) =>
    state.attentive === attentive ? state : { ...state, attentive },
  tick: expireTyping,
  editing: (state, { room: id, message }) =>
    updateRoom(state, id, (room) =>
      room.editing === message ? room : { ...room, editing: message },
    ),
  favourites: (state, { favourites }) => ({ ...state, favourites }),

  // answers over HTTP
  room: (state, action) => applyRoom(state, /** @type {RoomInfo} */ (action.room)),
  todos: applyTodos,
  left: (state, { room: id }) => updateRoom(state, id, (room) => ({ ...room, member: false })),
  older: (state, { room: id, older }) =>
    updateRoom(state, id, (room) =>
      room.log ? { ...room, log: applyAsked(room.log, older) } : room,
    ),
  page: (state, action) => retire(applyOlder(state, action), action.page.events),
  ahead: (state, action) => {
    const next = applyReadAhead(state, action);
    return next === state ? state : retire(next, next.rooms[action.room].log?.events ?? []);
  },
};

/**
 * The next state. Pure: what it needs to know of time comes in `now`. What it
 * does not know changes nothing.
 * @param {State} state
 * @param {Action} action
 * @returns {State}
 */
export function reduce(state, action) {
  const handler = Object.hasOwn(handlers, action.op) ? handlers[action.op] : undefined;
  return handler ? handler(state, action) : state;
}
