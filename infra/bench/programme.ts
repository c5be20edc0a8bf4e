import type { Sound } from '../testkit/index.ts';

const RATE = 48_000;

/** Middle voice of a slow progression, in Hz; the others are a third and a fifth away. */
const ROOTS_HZ = [220, 174.6, 261.6, 196] as const;

/** Small generator of noise that gives the same samples each time. */
function noiseFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return state / 2 ** 31;
  };
}

/**
 * Sound that keeps an encoder as busy as a radio programme does: chords with overtones, a beat of noise, and syllables
 * of a hiss. Stereo, 48 kHz, the same each time.
 */
export function radioProgramme(seconds: number): Sound {
  const frames = Math.round(seconds * RATE);
  const samples = new Float32Array(frames * 2);
  const noise = noiseFrom(7);
  for (let i = 0; i < frames; i++) {
    const t = i / RATE;
    const root = ROOTS_HZ[Math.floor(t / 2) % ROOTS_HZ.length] ?? 220;
    const wave = (ratio: number) =>
      Math.sin(2 * Math.PI * root * ratio * t) + 0.3 * Math.sin(6 * Math.PI * root * ratio * t);
    const beat = Math.exp(-12 * (t % 0.5)) * noise();
    const syllable = Math.max(0, Math.sin(2 * Math.PI * 3.1 * t)) * noise();
    samples[2 * i] = 0.12 * (wave(1) + wave(1.25)) + 0.2 * beat + 0.08 * syllable;
    samples[2 * i + 1] = 0.12 * (wave(1) + wave(1.5)) + 0.2 * beat - 0.08 * syllable;
  }
  return { samples, rate: RATE, channels: 2 };
}
