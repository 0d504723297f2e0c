import { isAsked } from './log.js';

/** @import {Store} from './store.js' */

/** How many older events one look back asks for. */
const PAGE = 100;

/**
 * Answers a function that asks for what was said in a room before what is held.
 * @param {{
 *   api: Pick<typeof import('../api/index.js'), 'olderEvents'>,
 *   store: Store,
 *   rejoin: () => void,
 * }} options `rejoin` joins the open room from where its log ends
 */
export function createHistory({ api, store, rejoin }) {
  const { dispatch } = store;

  /**
   * @param {string} id
   * @param {boolean} [ahead] before anybody looks back: nobody sees it, and the caller hears what went wrong
   */
  return async (id, ahead = false) => {
    const log = store.get().rooms[id]?.log;
    const before = log?.first;
    if (!log?.more || isAsked(log) || before === undefined) return;
    dispatch({ op: 'older', room: id, older: ahead ? 'ahead' : 'loading' });
    const failed = ahead ? 'idle' : 'failed';
    try {
      const page = await api.olderEvents(id, before, PAGE);
      const now = store.get().rooms[id]?.log;
      if (now && now.epoch === log.epoch && page.epoch !== now.epoch) {
        // The log behind ours is another one by now: only joining anew brings it.
        dispatch({ op: 'older', room: id, older: failed });
        if (store.get().open === id) rejoin();
      } else {
        dispatch({ op: 'page', room: id, before, page });
      }
    } catch (error) {
      dispatch({ op: 'older', room: id, older: failed });
      if (ahead) throw error;
    }
  };
}
