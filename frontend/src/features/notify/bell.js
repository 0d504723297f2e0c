/** Nobody likes a peal: in this time it rings once, however many messages come. */
const EVERY = 3_000;

/**
 * What is heard of messages.
 * @param {() => unknown} play
 * @param {() => number} [now]
 */
export function createBell(play, now = Date.now) {
  let rang = -Infinity;
  return {
    ring() {
      if (now() - rang < EVERY) return;
      rang = now();
      void play();
    },

    /** How it sounds. */
    sample: () => void play(),
  };
}

/** This page's own; its sound is loaded when it is first needed. */
export const bell = createBell(async () => {
  try {
    const { playTone } = await import('../../platform/tone.js');
    await playTone();
  } catch {
    // It could not be loaded: the message is there without it.
  }
});
