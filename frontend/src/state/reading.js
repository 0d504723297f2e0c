/** @import {Store} from './store.js' */

/** Where a busy room is being watched, one `read` in this time stands for many. */
const TELL_WITHIN = 500;

/**
 * Tells the server how far the open room was read. This device knows at once.
 * @param {{store: Store, sendRead: (room: string, seq: number) => Promise<unknown>}} options
 */
export function createReading({ store, sendRead }) {
  /** What the server was or will be told, of the room on screen. */
  let told = 0;
  let epoch = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  function tell() {
    clearTimeout(timer);
    timer = undefined;
    const { open } = store.get();
    if (!open || told === 0) return;
    sendRead(open, told).catch(() => {
      told = 0; // the next hello brings the server's own view
    });
  }

  return {
    /** Everything in the open room was seen. */
    mark() {
      const { open, rooms, connected } = store.get();
      const room = open ? rooms[open] : undefined;
      const seq = room?.log?.last ?? 0;
      // A log that was rolled back counts from a smaller number again.
      if (room?.log && room.log.epoch !== epoch) told = 0;
      epoch = room?.log?.epoch ?? epoch;
      if (!open || !room?.member || !connected || seq <= Math.max(room.read, told)) return;
      told = seq;
      store.dispatch({ op: 'read', room: open, seq });
      timer ??= setTimeout(tell, TELL_WITHIN);
    },

    /** The page may go: what was read must not wait. */
    flush() {
      if (timer) tell();
    },

    /** The server said anew how far it knows us to have read. */
    greeted() {
      clearTimeout(timer);
      timer = undefined;
      told = 0;
    },

    /** The room is about to leave the screen. */
    close() {
      if (timer) tell();
      told = 0;
    },
  };
}
