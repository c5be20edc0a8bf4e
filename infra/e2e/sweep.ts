import type { Sound } from '../testkit/index.ts';
import { PCM_RATE } from './pcm.ts';

/** Lowest and highest frequency of a sweep, in Hz: inside what every codec at 64 kbit/s keeps. */
const SWEEP_HZ = { low: 300, high: 5000 } as const;

const AMPLITUDE = 0.4;

/**
 * A known signal whose every stretch is different from every other: it rises on the left and falls on the right, so that
 * a swapped, shifted, missing or doubled piece is found.
 */
export function stereoSweep(seconds: number): Sound {
  const frames = Math.round(seconds * PCM_RATE);
  const samples = new Float32Array(frames * 2);
  const slope = (SWEEP_HZ.high - SWEEP_HZ.low) / seconds;
  for (let i = 0; i < frames; i++) {
    const t = i / PCM_RATE;
    samples[2 * i] = AMPLITUDE * Math.sin(2 * Math.PI * (SWEEP_HZ.low * t + (slope / 2) * t * t));
    samples[2 * i + 1] = AMPLITUDE * Math.sin(2 * Math.PI * (SWEEP_HZ.high * t - (slope / 2) * t * t));
  }
  return { samples, rate: PCM_RATE, channels: 2 };
}
