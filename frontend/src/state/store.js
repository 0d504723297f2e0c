import { createContext, use, useSyncExternalStore } from 'react';
import { initialState, reduce } from './reducer.js';

/**
 * @import {Action, State} from './reducer.js'
 * @import {Client} from './client.js'
 */

/**
 * Holds the one state. Listeners hear of every change, after it.
 * @param {State} [state]
 */
export function createStore(state = initialState) {
  /** @type {Set<() => void>} */
  const listeners = new Set();
  return {
    get: () => state,
    /** @param {Action} action */
    dispatch(action) {
      const next = reduce(state, action);
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
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
