/** Two soft strokes on a bowl: a fifth, quickly gone. */
const STROKES = [
  { pitch: 659.3, after: 0 },
  { pitch: 987.8, after: 0.11 },
];
const LOUDNESS = 0.08;
const FADES_IN = 0.012;
const FADES_OUT = 0.7;

/** Plays it. A browser that plays nothing before a click stays silent. */
export async function playTone() {
  if (!('AudioContext' in globalThis)) return;
  const context = new AudioContext();
  try {
    const start = context.currentTime + 0.02;
    for (const { pitch, after } of STROKES) {
      const from = start + after;
      const voice = new OscillatorNode(context, { frequency: pitch });
      const volume = new GainNode(context, { gain: 0 });
      volume.gain.setValueAtTime(0, from);
      volume.gain.linearRampToValueAtTime(LOUDNESS, from + FADES_IN);
      volume.gain.exponentialRampToValueAtTime(0.0001, from + FADES_OUT);
      voice.connect(volume).connect(context.destination);
      voice.start(from);
      voice.stop(from + FADES_OUT);
      if (after > 0) voice.addEventListener('ended', () => void context.close());
    }
    await context.resume();
  } catch {
    await context.close().catch(() => {}); // there is nothing that plays sound
  }
}
