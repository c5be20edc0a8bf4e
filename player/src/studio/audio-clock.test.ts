import { describe, expect, test } from '@jest/globals';
import { AudioClock } from './audio-clock.ts';

const START = 1e12;
const FRAME_MS = 20;

describe('an audio clock', () => {
  test('gives each frame its own time, however late a busy machine takes it', () => {
    const clock = new AudioClock({ countsPauses: false });
    const times = Array.from({ length: 500 }, (_, n) =>
      clock.timeOf(n * FRAME_MS, START + n * FRAME_MS + ((n * 7) % 40)),
    );
    const gaps = times.slice(1).map((time, n) => time - (times[n] ?? 0));
    expect(new Set(gaps)).toEqual(new Set([FRAME_MS]));
    expect(times[0]).toBe(START);
  });

  test('follows a drift of 200 ppm within 5 ms', () => {
    const clock = new AudioClock({ countsPauses: false });
    let worst = 0;
    for (let n = 0; n < 180_000; n++) {
      const arrived = START + n * FRAME_MS * 1.0002;
      worst = Math.max(worst, Math.abs(clock.timeOf(n * FRAME_MS, arrived) - arrived));
    }
    expect(worst).toBeLessThan(5);
  });

  test('knows at once that the sound stood still', () => {
    const clock = new AudioClock({ countsPauses: false });
    for (let n = 0; n < 100; n++) clock.timeOf(n * FRAME_MS, START + n * FRAME_MS);
    expect(clock.timeOf(2000, START + 7000)).toBe(START + 7000);
    expect(clock.timeOf(2020, START + 7025)).toBe(START + 7020);
  });
});
