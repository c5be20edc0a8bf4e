import { describe, expect, test } from '@jest/globals';
import { CLIP_RUN, type LevelReading, LevelWindow } from './level-window.ts';

const BLOCK = 128;

/** Feeds a signal in blocks of 128 samples, as the audio thread does; all readings. */
function measure(window: LevelWindow, ...channels: number[][]): LevelReading[] {
  const readings: LevelReading[] = [];
  const length = channels[0]?.length ?? 0;
  for (let at = 0; at < length; at += BLOCK) {
    const reading = window.add(channels.map((samples) => Float32Array.from(samples.slice(at, at + BLOCK))));
    if (reading !== undefined) readings.push(reading);
  }
  return readings;
}

const repeat = (length: number, value: (index: number) => number) => Array.from({ length }, (_, index) => value(index));

describe('a level window', () => {
  test('tells peak and RMS of each channel', () => {
    const sine = repeat(BLOCK * 10, (n) => 0.5 * Math.sin((2 * Math.PI * n) / 64));
    const square = repeat(BLOCK * 10, (n) => (n % 2 === 0 ? 0.25 : -0.25));
    const [reading] = measure(new LevelWindow(BLOCK * 10), sine, square);
    expect(reading?.peaks[0]).toBeCloseTo(0.5, 3);
    expect(reading?.rms[0]).toBeCloseTo(0.5 / Math.SQRT2, 3);
    expect(reading?.peaks[1]).toBeCloseTo(0.25, 6);
    expect(reading?.rms[1]).toBeCloseTo(0.25, 6);
  });

  test('hands out one reading per window and begins anew after it', () => {
    const signal = [...repeat(BLOCK * 4, () => 0.8), ...repeat(BLOCK * 4, () => 0.1)];
    const readings = measure(new LevelWindow(BLOCK * 4), signal);
    expect(readings.map((reading) => reading.peaks[0]?.toFixed(2))).toEqual(['0.80', '0.10']);
  });

  test('counts a run at the limit once, and shorter runs not at all', () => {
    const signal = repeat(BLOCK * 4, () => 0);
    signal.fill(1, 10, 10 + CLIP_RUN - 1);
    signal.fill(-1, 100, 100 + 50);
    signal.fill(0.995, 300, 300 + CLIP_RUN);
    expect(measure(new LevelWindow(BLOCK * 4), signal)[0]?.clips).toBe(2);
  });

  test('counts a run over the border of two windows once', () => {
    const signal = repeat(BLOCK * 2, () => 0);
    signal.fill(1, BLOCK - 2, BLOCK + 2);
    const readings = measure(new LevelWindow(BLOCK), signal);
    expect(readings.map((reading) => reading.clips)).toEqual([0, 1]);
  });

  test('says nothing while nothing is connected', () => {
    expect(new LevelWindow(1).add([])).toBeUndefined();
  });

  test('measures two channels at most', () => {
    const quiet = repeat(BLOCK, () => 0);
    expect(measure(new LevelWindow(BLOCK), quiet, quiet, quiet)[0]?.peaks).toEqual([0, 0]);
  });
});
