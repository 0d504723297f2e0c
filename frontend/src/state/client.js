import { createCache } from './cache.js';
import { createDrafts } from './drafts.js';
import { createLease } from './lease.js';
import { createOutbox } from './outbox.js';
import { createStore } from './store.js';

/**
 * @import {Self} from '../api/protocol.d.ts'
 * @import {ApiEvent} from '../api/index.js'
 * @import {Database} from './database.js'
 * @import {Action} from './reducer.js'
 * @import {Entry} from './queue.js'
 */

/** @typedef {ReturnType<typeof createClient>} Client */

/** How many older events one look back asks for. */
const PAGE = 100;
const TYPING_EVERY = 3_000;
const READ_WITHIN = 500;
const REMEMBERED = 'teahouse.me';

/**
 * Brings state, network and this device's disk together: everything the screen
 * can do, and what follows from what the server says.
 * @param {{
 *   api: typeof import('../api/index.js'),
 *   database: Database,
 *   locks: LockManager | undefined,
 *   channel: Pick<BroadcastChannel, 'postMessage' | 'onmessage'>,
 *   memory: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
 * }} options `channel` reaches the other tabs of this browser
 */
export function createClient({ api, database, locks, channel, memory }) {
  const store = createStore();
  const { dispatch } = store;
  const drafts = createDrafts(database);
  const cache = createCache({ database, rooms: () => store.get().rooms });
  const outbox = createOutbox({
    database,
    exclusively: createLease({ database, locks, name: 'teahouse.outbox', now: Date.now }),
    send: api.sendMsg,
    connected: () => store.get().connected,
    tell,
    now: Date.now,
    random: Math.random,
  });
  /** @type {(() => void) | null} */
  let disconnect = null;
  let greeted = false;
  let typedAt = 0;
  let readSent = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let readTimer;

  dispatch({ op: 'durable', durable: database.durable });
  store.subscribe(cache.touch);

  /** @param {Action} action */
  function tell(action) {
    dispatch(action);
    const { me } = store.get();
    if (me) channel.postMessage({ user: me.id, action });
  }

  channel.onmessage = ({ data }) => {
    const { me } = store.get();
    if (me?.id !== data.user) return;
    if (data.action.op === 'session') void leave(null);
    else dispatch(data.action);
  };

  /** @param {ApiEvent} event */
  function onEvent(event) {
    const { me } = store.get();
    if (event.op === 'hello') {
      // Without its cookie a known guest would come back as somebody else.
      if (me && event.user.id !== me.id) return void leave('expired');
      greeted = true;
    }
    if (event.op === 'activity' && !store.get().rooms[event.room]) void describe(event.room);
    dispatch({ ...event, now: Date.now() });
    if (event.op === 'hello') {
      remember(event.user);
      void outbox.flush();
    }
    if (event.op === 'status' && event.state === 'disconnected') {
      if (!greeted || event.withdrawn) void checkSession();
      greeted = false;
    }
    mendGap();
    return undefined;
  }

  function mendGap() {
    const { open, rooms } = store.get();
    const log = open ? rooms[open]?.log : null;
    if (open && log?.gap) api.joinRoom(open, { after: log.last, epoch: log.epoch });
  }

  /** A refused connection does not say why; the session does. */
  async function checkSession() {
    try {
      const me = await api.whoAmI();
      if (me.id !== store.get().me?.id) await leave('expired');
    } catch (error) {
      if (codeOf(error) === 'unauthenticated') await leave('expired');
    }
  }

  /** Where a busy room is being watched, one `read` stands for many. */
  function tellRead() {
    readTimer = undefined;
    const { open } = store.get();
    if (!open || readSent === 0) return;
    api.sendRead(open, readSent).catch(() => {
      readSent = 0; // the next hello brings the server's own view
    });
  }

  /** @param {Self} me */
  function remember(me) {
    memory.setItem(REMEMBERED, JSON.stringify(me));
  }

  /** Shows what is kept of `me`, then connects. @param {Self} me */
  async function enter(me) {
    remember(me);
    dispatch({ op: 'session', session: 'somebody', me });
    const [rooms, entries] = await Promise.all([
      cache.load(me.id),
      outbox.load(me.id),
      drafts.load(me.id),
    ]);
    dispatch({ op: 'cached', rooms });
    dispatch({ op: 'outbox', entries });
    disconnect = api.connect(onEvent);
    listen();
  }

  /** Nobody is signed in any more. @param {'expired' | null} farewell */
  async function leave(farewell) {
    disconnect?.();
    disconnect = null;
    const { me } = store.get();
    cache.stop();
    outbox.stop();
    drafts.stop();
    memory.removeItem(REMEMBERED);
    dispatch({ op: 'session', session: 'nobody', farewell });
    if (me) await database.forget(me.id);
  }

  /** Joins the open room from where its log ends. */
  function listen() {
    const { open, rooms } = store.get();
    if (!open || !disconnect) return;
    const log = rooms[open]?.log;
    api.joinRoom(open, log ? { after: log.last, epoch: log.epoch } : {});
    void describe(open);
  }

  /** Name, topic and the like; without an answer what is known stays. @param {string} id */
  async function describe(id) {
    try {
      dispatch({ op: 'room', room: await api.getRoom(id) });
    } catch (error) {
      const code = codeOf(error);
      if (code === 'not_found' || code === 'invalid') {
        dispatch({ op: 'refused', room: id, code: 'not_found' });
      }
    }
  }

  return {
    store,
    drafts,

    /** Finds out who is here and shows the fitting screen. */
    async start() {
      dispatch({ op: 'session', session: 'asking' });
      const known = recall(memory.getItem(REMEMBERED));
      if (known) return enter(known);
      try {
        await enter(await api.whoAmI());
      } catch (error) {
        const session = codeOf(error) === 'unauthenticated' ? 'nobody' : 'unreachable';
        dispatch({ op: 'session', session });
      }
      return undefined;
    },

    /** @param {string} name */
    async signIn(name) {
      try {
        await enter(await api.signIn(name));
      } catch (error) {
        // Another tab may have signed in meanwhile; then the name is our own.
        const me = codeOf(error) === 'conflict' ? await api.whoAmI().catch(() => null) : null;
        if (!me) throw error;
        await enter(me);
      }
    },

    async signOut() {
      await api.signOut();
      const { me } = store.get();
      channel.postMessage({ user: me?.id, action: { op: 'session' } });
      await leave(null);
    },

    /** Puts a room on screen, or none. @param {string | null} id */
    open(id) {
      const before = store.get().open;
      if (before === id) return;
      if (readTimer) {
        clearTimeout(readTimer);
        tellRead();
      }
      if (before) api.leaveRoom(before);
      readSent = 0;
      dispatch({ op: 'open', room: id });
      listen();
    },

    /** Asks again for a room that could not be shown. */
    reopen: listen,

    /** Keeps and sends a message. @param {string} room @param {string} body */
    async send(room, body) {
      typedAt = 0;
      await outbox.add(room, body);
      drafts.taken(room);
    },

    /** @param {Entry} entry */
    retry: (entry) => outbox.retry(entry),

    /** @param {Entry} entry */
    discard: (entry) => outbox.discard(entry),

    /** Everything up to here was seen. */
    markRead() {
      const { open, rooms, connected } = store.get();
      const room = open ? rooms[open] : undefined;
      const seq = room?.log?.last ?? 0;
      if (!open || !room?.member || !connected || seq <= Math.max(room.read, readSent)) return;
      readSent = seq;
      dispatch({ op: 'read', room: open, seq });
      readTimer ??= setTimeout(tellRead, READ_WITHIN);
    },

    /** @param {string} room */
    typing(room) {
      if (!store.get().connected || Date.now() - typedAt < TYPING_EVERY) return;
      typedAt = Date.now();
      api.sendTyping(room).catch(() => {});
    },

    /** Asks for what was said before. @param {string} id */
    async older(id) {
      const log = store.get().rooms[id]?.log;
      const before = log?.events[0]?.seq;
      if (!log?.more || log.older === 'loading' || before === undefined) return;
      dispatch({ op: 'older', room: id, older: 'loading' });
      try {
        const page = await api.olderEvents(id, before, PAGE);
        dispatch({ op: 'page', room: id, before, page });
      } catch {
        dispatch({ op: 'older', room: id, older: 'failed' });
      }
    },

    /** Every room that may be seen. */
    browse: () => api.listRooms(),

    /** @param {{name: string, topic?: string}} wish @returns {Promise<string>} its id */
    async createRoom(wish) {
      const room = await api.createRoom(wish);
      tell({ op: 'room', room });
      return room.id;
    },

    /** @param {string} id */
    async becomeMember(id) {
      tell({ op: 'room', room: await api.becomeMember(id) });
    },

    /** @param {string} id */
    async endMembership(id) {
      await api.endMembership(id);
      tell({ op: 'left', room: id });
    },

    /** @param {boolean} attentive */
    attend: (attentive) => dispatch({ op: 'attention', attentive }),

    tick: () => dispatch({ op: 'tick', now: Date.now() }),

    reconnect: () => api.reconnect(),

    /** The page may go at any moment: put on the disk what is not there yet. */
    async save() {
      await Promise.all([drafts.save(), cache.save()]);
    },
  };
}

/** @param {unknown} error @returns {string | undefined} */
const codeOf = (error) => /** @type {{code?: string}} */ (error)?.code;

/** @param {string | null} text @returns {Self | null} */
function recall(text) {
  try {
    const me = JSON.parse(text ?? 'null');
    return typeof me?.id === 'string' && typeof me?.name === 'string' ? me : null;
  } catch {
    return null;
  }
}
