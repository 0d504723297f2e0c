/**
 * @import {Self} from '../api/protocol.d.ts'
 * @import {Action} from './reducer.js'
 * @import {Store} from './store.js'
 */

const REMEMBERED = 'teahouse.me';

/**
 * Who is here: from an earlier visit, by the server's word, or by a name given
 * at the door.
 * @param {{
 *   api: Pick<typeof import('../api/index.js'), 'whoAmI' | 'signIn' | 'signOut' | 'rename'>,
 *   memory: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
 *   store: Store,
 *   load: (me: Self) => Promise<Action[]>,
 *   onEnter: () => void,
 *   onLeave: (me: Self | null, farewell: 'expired' | null) => Promise<void>,
 * }} options `load` answers what this device keeps of `me`, to show from the first moment on
 */
export function createSession({ api, memory, store, load, onEnter, onLeave }) {
  /** @type {Promise<void> | null} */
  let starting = null;
  let leaving = false;

  /** @param {Self} me */
  const remember = (me) => memory.setItem(REMEMBERED, JSON.stringify(me));

  /** @param {Self} me */
  async function enter(me) {
    remember(me);
    const kept = await load(me);
    store.dispatch({ op: 'session', session: 'somebody', me });
    for (const action of kept) store.dispatch(action);
    onEnter();
  }

  async function findOut() {
    const known = recall(memory.getItem(REMEMBERED));
    try {
      await enter(known ?? (await api.whoAmI()));
    } catch (error) {
      const session = codeOf(error) === 'unauthenticated' ? 'nobody' : 'unreachable';
      store.dispatch({ op: 'session', session });
    }
  }

  /** Nobody is signed in any more. @param {'expired' | null} farewell */
  async function leave(farewell) {
    const { me } = store.get();
    memory.removeItem(REMEMBERED);
    store.dispatch({ op: 'session', session: 'nobody', farewell });
    await onLeave(me, farewell);
  }

  return {
    remember,
    leave,

    /** Finds out who is here and shows the fitting screen. Asked again meanwhile, it is the same try. */
    async start() {
      if (store.get().session === 'somebody') return;
      starting ??= findOut().finally(() => (starting = null));
      await starting;
    },

    /** Goes by another name from now on. @param {string} name @returns {Promise<Self>} */
    async rename(name) {
      const me = await api.rename(name);
      if (store.get().me?.id === me.id) {
        remember(me);
        store.dispatch({ op: 'me', me });
      }
      return me;
    },

    /** Leaves for good. @param {() => void} tellOthers called once the server knows */
    async signOut(tellOthers) {
      leaving = true;
      try {
        await api.signOut();
      } finally {
        leaving = false;
      }
      tellOthers();
      await leave(null);
    },

    /** @param {string} name */
    async signIn(name) {
      try {
        await enter(await api.signIn(name));
      } catch (error) {
        // Another tab may have signed in meanwhile; then we are who it is.
        const me = codeOf(error) === 'conflict' ? await api.whoAmI().catch(() => null) : null;
        if (!me) throw error;
        await enter(me);
      }
    },

    /** A refused connection does not say why; the session does, unless it was left meanwhile. */
    async check() {
      const asked = store.get().me?.id;
      /** @type {string | null | undefined} undefined where nobody can tell */
      const answer = await api.whoAmI().then(
        ({ id }) => id,
        (error) => (codeOf(error) === 'unauthenticated' ? null : undefined),
      );
      if (!asked || leaving || store.get().me?.id !== asked) return;
      if (answer !== undefined && answer !== asked) await leave('expired');
    },
  };
}

/** @param {unknown} error @returns {string | undefined} */
export const codeOf = (error) => /** @type {{code?: string}} */ (error)?.code;

/** @param {string | null} text @returns {Self | null} */
function recall(text) {
  try {
    const me = JSON.parse(text ?? 'null');
    return typeof me?.id === 'string' && typeof me?.name === 'string' ? me : null;
  } catch {
    return null;
  }
}
