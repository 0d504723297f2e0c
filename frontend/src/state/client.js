import { createAhead } from './ahead.js';
import { createArrivals } from './arrivals.js';
import { createCache } from './cache.js';
import { createDrafts, draftOf } from './drafts.js';
import { createEditing } from './editing.js';
import { createFavourites } from './favourites.js';
import { createHistory } from './history.js';
import { createLeftovers } from './leftovers.js';
import { createLease } from './lease.js';
import { createList } from './list.js';
import { createMessages } from './messages.js';
import { createOutbox } from './outbox.js';
import { createReading } from './reading.js';
import { codeOf, createSession } from './session.js';
import { createStore } from './store.js';

/**
 * @import {ApiEvent} from '../api/index.js'
 * @import {Database} from './database.js'
 * @import {Action} from './reducer.js'
 * @import {Entry} from './queue.js'
 */

/** @typedef {ReturnType<typeof createClient>} Client */

const TYPING_EVERY = 3_000;

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
  const drafts = createDrafts(database, post);
  const cache = createCache({ database, rooms: () => store.get().rooms });
  const editing = createEditing({ store, drafts });
  const messages = createMessages({ store, outbox: () => outbox, drafts, editing });
  const list = createList({ api, store, outbox: () => outbox, drafts });
  const favourites = createFavourites({ store, memory, tell });
  const arrivals = createArrivals();
  const reading = createReading({ store, sendRead: api.sendRead });
  const outbox = createOutbox({
    database,
    exclusively: createLease({ database, locks, name: 'teahouse.outbox', now: Date.now }),
    send: (entry) => commands[entry.op ?? 'send'](/** @type {any} */ (entry)),
    connected: () => store.get().connected,
    tell,
    now: Date.now,
    random: Math.random,
    lookup: messages.named,
  });
  const commands = {
    /** @param {{id: string, room: string, body: string}} entry */
    send: ({ id, room, body }) => api.sendMsg({ id, room, body }),
    edit: api.editMsg,
    delete: api.deleteMsg,
    react: api.react,
    todo: api.todo,
    card: api.postCard,
  };
  const older = createHistory({ api, store, rejoin: listen });
  const ahead = createAhead({
    api,
    store,
    older,
    exclusively: createLease({ database, locks, name: 'teahouse.ahead', now: Date.now }),
    tell,
    now: Date.now,
    random: Math.random,
  });
  const leftovers = createLeftovers({ database, outbox, drafts, tell });
  const session = createSession({
    api,
    memory,
    store,
    async load(me) {
      const [rooms, entries, left] = await Promise.all([
        cache.load(me.id),
        outbox.load(me.id),
        leftovers.load(me.id),
        drafts.load(me.id),
      ]);
      return [
        { op: 'cached', rooms },
        { op: 'outbox', entries },
        { op: 'leftovers', leftovers: left },
        { op: 'favourites', favourites: favourites.read(me.id) },
      ];
    },
    onEnter() {
      editing.restore();
      disconnect = api.connect(onEvent);
      listen();
    },
    /** Who signs out takes everything along; a session that ended takes nothing that was typed. */
    async onLeave(me, farewell) {
      disconnect?.();
      disconnect = null;
      if (farewell === 'expired') await drafts.save();
      for (const part of [ahead, cache, outbox, drafts, editing, messages]) part.stop();
      if (me) favourites.forget(me.id);
      if (me) await database.forget(me.id, farewell === 'expired' ? ['rooms'] : undefined);
    },
  });
  /** @type {(() => void) | null} */
  let disconnect = null;
  let greeted = false;
  let typedAt = 0;

  const tellDurable = () => dispatch({ op: 'durable', durable: database.durable });
  tellDurable();
  database.watch(tellDurable);
  store.subscribe(cache.touch);
  store.subscribe(ahead.touch);

  /** To this tab's state and to the others'. @param {Action} action */
  function tell(action) {
    messages.note(action);
    dispatch(action);
    post(action);
  }

  /** To the other tabs only. @param {Action} action */
  function post(action) {
    channel.postMessage({ user: store.get().me?.id, action });
  }

  channel.onmessage = ({ data }) => {
    const { me } = store.get();
    if (!me || me.id !== data.user) return;
    if (data.action.op === 'session') return void session.leave(null);
    if (data.action.op === 'draft') return follow(data.action);
    messages.note(data.action);
    dispatch(data.action);
    // The tab where it was typed may be closed before it has its turn.
    if (data.action.op === 'outbox' || data.action.op === 'entry') void outbox.flush();
    return undefined;
  };

  /** Another tab changed a draft. @param {import('./drafts.js').DraftChange} change */
  function follow(change) {
    drafts.follow(change);
    const { room, message } = draftOf(change.room);
    if (message !== null) editing.followed(room, message);
  }

  /** @param {ApiEvent} event */
  function onEvent(event) {
    const before = store.get();
    const { me, rooms } = before;
    if (event.op === 'hello') {
      // Without its cookie a known guest would come back as somebody else.
      if (me && event.user.id !== me.id) return void session.leave('expired');
      greeted = true;
      reading.greeted();
    }
    if (event.op === 'activity' && !rooms[event.room]) void describe(event.room);
    dispatch({ ...event, now: Date.now() });
    if (event.op === 'event' || event.op === 'joined') editing.check();
    arrivals.note(event, before, store.get());
    if (event.op === 'hello') {
      session.remember(event.user);
      void outbox.flush();
    }
    if (event.op === 'status' && event.state === 'disconnected') {
      if (!greeted || event.withdrawn) void session.check();
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
    leftovers,
    start: session.start,
    signIn: session.signIn,

    async signOut() {
      const user = store.get().me?.id;
      await session.signOut(() => channel.postMessage({ user, action: { op: 'session' } }));
    },

    /** Puts a room on screen, or none. @param {string | null} id */
    open(id) {
      const before = store.get().open;
      if (before === id) return;
      reading.close();
      if (before) api.leaveRoom(before);
      dispatch({ op: 'open', room: id });
      listen();
    },

    /** Makes a message of the draft; keeps and sends it. @param {string} room @param {string} body */
    async send(room, body) {
      typedAt = 0;
      drafts.take(room);
      try {
        await outbox.add(room, body);
        drafts.taken(room);
      } catch (error) {
        // It could not be kept, so it must not vanish: back into the box with it.
        const since = drafts.get(room);
        drafts.set(room, since ? `${body}\n${since}` : body);
        throw error;
      }
    },

    edit: messages.edit,
    remove: messages.remove,
    react: messages.react,

    /** The room's list of what is to do, and tables. */
    list,

    /** Puts the text of a message into the box. @param {string} room @param {string} message */
    startEdit: editing.start,

    /** The message stays as it was. @param {string} room */
    endEdit: editing.end,

    retry: (/** @type {Entry} */ entry) => outbox.retry(entry),

    discard: (/** @type {Entry} */ entry) => outbox.discard(entry),

    /** Everything in the open room was seen. */
    markRead: reading.mark,

    /** @param {string} room */
    typing(room) {
      if (!store.get().connected || Date.now() - typedAt < TYPING_EVERY) return;
      typedAt = Date.now();
      api.sendTyping(room).catch(() => {}); // nobody misses it
    },

    /** Asks for what was said before. */
    older: (/** @type {string} */ id) => older(id),

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

    /** Gives a room another name or topic. @param {string} id @param {{name?: string, topic?: string}} change */
    async updateRoom(id, change) {
      tell({ op: 'room', room: await api.updateRoom(id, change) });
    },

    /** Goes by another name from now on. @param {string} name */
    async rename(name) {
      post({ op: 'me', me: await session.rename(name) });
    },

    /** Has a room stand first on this device, or not. */
    favour: favourites.set,

    /** Which server this is, and whether it can do its work. */
    about: () => api.about(),
    health: () => api.health(),

    /** Hears of what is new to read. */
    onArrival: arrivals.listen,

    /** Whether the newest message is being looked at. @param {boolean} attentive */
    attend: (attentive) => dispatch({ op: 'attention', attentive }),

    tick: () => dispatch({ op: 'tick', now: Date.now() }),

    reconnect: () => api.reconnect(),

    /** The page is looked at again: whatever waits, waits no longer. */
    resume: () => void outbox.flush(),

    /** The page may go at any moment: put on the disk what is not there yet. */
    async save() {
      reading.flush();
      await Promise.all([drafts.save(), cache.save()]);
    },
  };
}
