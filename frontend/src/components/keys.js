/** Whether this is one of Apple's: there Command does what Control does elsewhere. */
export const apple = /Mac|iPhone|iPad/.test(navigator.platform);

/** Whether the key that begins shortcuts is held, and no other. @param {{ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean}} event */
export const withCommand = ({ ctrlKey, metaKey, altKey, shiftKey }) =>
  !altKey && !shiftKey && (apple ? metaKey && !ctrlKey : ctrlKey && !metaKey);

/** What browsers call a key that an input method has taken; Safari also the one that ends a composition. */
const TAKEN = 229;

/**
 * Whether a key belongs to the word that is being composed: it means nothing
 * else then. @param {{isComposing: boolean, keyCode: number}} event the browser's own
 */
export const composes = ({ isComposing, keyCode }) => isComposing || keyCode === TAKEN;

/** What stands on the keys of this machine. @type {Record<string, string>} */
const names = apple
  ? { Mod: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↩' }
  : { Mod: 'Ctrl', Alt: 'Alt', Shift: 'Shift', Enter: 'Enter' };

/** @param {string} key */
export const keyName = (key) => names[key] ?? key;
