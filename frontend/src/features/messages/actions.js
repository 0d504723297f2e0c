import { createContext, use } from 'react';

/**
 * What can be done with a message. A message is named by its id, or by the
 * command that sends it while it has none.
 * @typedef {object} Actions
 * @property {(message: string, emoji: string, on: boolean) => void} react
 * @property {(key: string, anchor: DOMRect) => void} pick chooses an emoji for the message of that row
 * @property {(key: string) => void} edit
 * @property {(key: string) => void} copy
 * @property {(key: string) => void} remove asks first
 */

export const ActionsContext = createContext(/** @type {Actions | null} */ (null));

/** None where nothing can be done. @returns {Actions | null} */
export const useActions = () => use(ActionsContext);

/** Whether the Tab key finds what stands in a message: where the focus is, or was last. */
export const ReachContext = createContext(true);

/** @returns {0 | -1} of what can be pressed in a message */
export const useReach = () => (use(ReachContext) ? 0 : -1);
