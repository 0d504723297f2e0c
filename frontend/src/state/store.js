import { createContext, use, useSyncExternalStore } from 'react';
import { initialState, reduce } from './reducer.js';

/**
 * @import {Action, State} from './reducer.js'
 * @import {Client} from './client.js'
 */

/** Pages out of sight get no frames; they hear of changes by the clock. */
const AT_LATEST = 100;

/**
 * Runs `work` before the next frame is drawn, once however often it is asked for
 * until then.
 * @param {() => void} work
 */
function oncePerFrame(work) {
  /** @type {{frame: number, timer: ReturnType<typeof setTimeout>} | null} */
  let planned = null;
  function run() {
    if (planned) {
      cancelAnimationFrame(planned.frame);
      clearTimeout(planned.timer);
    }
    planned = null;
    work();
  }
  return () => {
    planned ??= { frame: requestAnimationFrame(run), timer: setTimeout(run, AT_LATEST) };
  };
}

/**
 * Holds the one state. It changes at once; listeners hear of it once per frame,
 * or a busy room would have the page drawn anew for each of its messages.
 * @param {State} [state]
 */
export function createStore(state = initialState) {
  /** @type {Set<() => void>} */
  const listeners = new Set();
  const notify = oncePerFrame(() => {
    for (const listener of listeners) listener();
  });
  return {
    get: () => state,
    /** @param {Action} action */
    dispatch(action) {
      const next = reduce(state, action);
      if (next === state) return;
      state = next;
      notify();
    },
    /** @param {() => void} listener */
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

/** @typedef {ReturnType<typeof createStore>} Store */

export const ClientContext = createContext(/** @type {Client | null} */ (null));

/** What the screen can do. @returns {Client} */
export function useClient() {
  const client = use(ClientContext);
  if (!client) throw new Error('ClientContext is missing');
  return client;
}

/**
 * Part of the state. `select` must return the same value for the same state.
 * @template T
 * @param {(state: State) => T} select
 * @returns {T}
 */
export function useStore(select) {
  const { store } = useClient();
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}
