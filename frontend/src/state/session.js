/**
 * @import {Self} from '../api/protocol.d.ts'
 * @import {Store} from './store.js'
 */

const REMEMBERED = 'teahouse.me';

/**
 * Who is here: from an earlier visit, by the server's word, or by a name given
 * at the door.
 * @param {{
 *   api: Pick<typeof import('../api/index.js'), 'whoAmI' | 'signIn'>,
 *   memory: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
 *   store: Store,
 *   onEnter: (me: Self) => Promise<void>,
 *   onLeave: (me: Self | null, farewell: 'expired' | null) => Promise<void>,
 * }} options
 */
export function createSession({ api, memory, store, onEnter, onLeave }) {
  /** @param {Self} me */
  const remember = (me) => memory.setItem(REMEMBERED, JSON.stringify(me));

  /** @param {Self} me */
  async function enter(me) {
    remember(me);
    store.dispatch({ op: 'session', session: 'somebody', me });
    await onEnter(me);
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

    /** Finds out who is here and shows the fitting screen. */
    async start() {
      const known = recall(memory.getItem(REMEMBERED));
      if (known) return enter(known);
      try {
        await enter(await api.whoAmI());
      } catch (error) {
        const session = codeOf(error) === 'unauthenticated' ? 'nobody' : 'unreachable';
        store.dispatch({ op: 'session', session });
      }
      return undefined;
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

    /** A refused connection does not say why; the session does. */
    async check() {
      try {
        const me = await api.whoAmI();
        if (me.id !== store.get().me?.id) await leave('expired');
      } catch (error) {
        if (codeOf(error) === 'unauthenticated') await leave('expired');
      }
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
