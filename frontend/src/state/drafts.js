import { isBlank } from '../lib/text.js';

/**
 * @import {Database} from './database.js'
 */

/**
 * So long after a key press the draft goes to this device's disk: all of 250 ms
 * are promised, and a busy machine needs most of them.
 */
const SAVE_WITHIN = 50;

/** The draft of another text for a message. @param {string} room @param {string} message */
export const editKey = (room, message) => `${room} ${message}`;

/** The draft of what is written elsewhere than in the box. @param {string} room @param {'card' | 'todo'} form */
export const formKey = (room, form) => `${room} /${form}`;

/**
 * What a draft is for: a room's next message, another text for one, or a form
 * of its own. A room's id holds no blank, a message's does not begin with a stroke.
 * @param {string} key
 * @returns {{room: string, message: string | null, form: 'card' | 'todo' | null}}
 */
export function draftOf(key) {
  const [room, rest = null] = key.split(/ (.*)/s);
  if (!rest?.startsWith('/')) return { room, message: rest, form: null };
  return { room, message: null, form: rest === '/card' ? 'card' : 'todo' };
}

/** What was begun, and what comes to it: nothing of either is lost. @param {string} first @param {string} second */
export const joinTexts = (first, second) =>
  isBlank(first) || first === second ? second : isBlank(second) ? first : `${first}\n${second}`;

/**
 * A draft as it is now, and as it was when the tabs last agreed on it.
 * @typedef {{op: 'draft', room: string, text: string, was: string}} DraftChange
 */

/**
 * What is typed and not yet sent, by room, or by `editKey`. The tabs of a browser show the same
 * draft; where one holds something else that nobody kept, it holds on to it.
 * @param {Database} database
 * @param {(change: DraftChange) => void} [tellOthers] reaches the other tabs
 */
export function createDrafts(database, tellOthers = () => {}) {
  /** @type {string | null} */
  let user = null;
  /** @type {Map<string, string>} */
  const texts = new Map();
  /** @type {Map<string, string>} what the disk and the other tabs know */
  const shared = new Map();
  /** @type {Map<string, number>} when each was last typed at */
  const times = new Map();
  /** @type {Set<string>} */
  const unsaved = new Set();
  /** @type {Set<() => void>} */
  const listeners = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  /** @param {string} room */
  const get = (room) => texts.get(room) ?? '';

  /** @param {string} room @param {string} text */
  function show(room, text) {
    if (text === get(room)) return;
    if (text) texts.set(room, text);
    else texts.delete(room);
    for (const listener of listeners) listener();
  }

  /** @param {string} room @param {string} text */
  function share(room, text) {
    const was = shared.get(room) ?? '';
    shared.set(room, text);
    if (text !== was) tellOthers({ op: 'draft', room, text, was });
  }

  /** @param {string} room */
  function saveSoon(room) {
    if (!user) return;
    unsaved.add(room);
    // What cannot be kept now stays unsaved, and is tried again with the next key.
    timer ??= setTimeout(() => save().catch(() => {}), SAVE_WITHIN);
  }

  /** @returns {Promise<unknown>} */
  function save() {
    clearTimeout(timer);
    timer = undefined;
    const rooms = [...unsaved];
    unsaved.clear();
    return Promise.all(rooms.map(keep));
  }

  /** @param {string} room */
  async function keep(room) {
    const text = get(room);
    share(room, text);
    try {
      const at = times.get(room) ?? Date.now();
      if (text) await database.put('drafts', { user, room, text, at });
      else await database.remove('drafts', [user, room]);
    } catch (error) {
      unsaved.add(room);
      throw error;
    }
  }

  /** @param {string} room @param {string} text */
  function set(room, text) {
    times.set(room, Date.now());
    show(room, text);
    saveSoon(room);
  }

  function clear() {
    for (const held of [texts, shared, times, unsaved]) held.clear();
  }

  return {
    save,
    get,
    set,

    /** @param {string} owner */
    async load(owner) {
      user = owner;
      clear();
      for (const { room, text, at = 0 } of await database.all('drafts', owner)) {
        texts.set(room, text);
        shared.set(room, text);
        times.set(room, at);
      }
    },

    /** Messages whose text is being changed: by room, the one that was typed at last. @returns {Map<string, string>} */
    edits() {
      const keys = [...texts.keys()].toSorted((a, b) => (times.get(a) ?? 0) - (times.get(b) ?? 0));
      const all = keys.map(draftOf).filter(({ message }) => message !== null);
      return new Map(all.map(({ room, message }) => [room, message ?? '']));
    },

    /**
     * Puts a text behind what a draft holds.
     * @param {string} room
     * @param {string} text
     */
    append: (room, text) => set(room, joinTexts(get(room), text)),

    /** @param {() => void} listener */
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },

    /** How many would be missed. */
    count: () => [...texts.values()].filter((text) => !isBlank(text)).length,

    /** The draft becomes a message; that step takes it off the disk. @param {string} room */
    take(room) {
      unsaved.delete(room);
      show(room, '');
    },

    /** It did: the other tabs need not hold on to it any more. @param {string} room */
    taken(room) {
      if (!get(room)) share(room, '');
    },

    /** Another tab changed a draft. @param {DraftChange} change */
    follow({ room, text, was }) {
      const own = get(room);
      if (own === was || own === text) {
        unsaved.delete(room);
        shared.set(room, text);
        show(room, text);
      } else if (!text) {
        shared.set(room, text);
        saveSoon(room); // the disk lost it, this tab did not
      }
    },

    stop() {
      clearTimeout(timer);
      timer = undefined;
      user = null;
      clear();
    },
  };
}
