import { memory } from '../../lib/memory.js';

/** What is remembered on this device. @param {string} key */
function choice(key) {
  return {
    get: () => memory.getItem(key) === 'on',
    /** @param {boolean} on */
    set(on) {
      if (on) memory.setItem(key, 'on');
      else memory.removeItem(key);
    },
  };
}

/** Whether notifications are wanted; the browser's permission comes on top. */
export const wanted = choice('teahouse.notify');

/** Whether they come with a sound. */
export const audible = choice('teahouse.sound');
