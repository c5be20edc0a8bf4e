import { describe, expect, test } from '@jest/globals';
import { startWatchdogMemory, type WatchdogAction, type WatchdogSample, watch } from './buffer-watchdog.ts';

const PART = 0.192;

/** Feeds 20 samples a second and lists what was done when. */
function run(seconds: number, sampleAt: (second: number) => Omit<WatchdogSample, 'at' | 'partTarget'>) {
  let memory = startWatchdogMemory(0);
  const done: { at: number; action: WatchdogAction }[] = [];
  for (let at = 0; at <= seconds * 1000; at += 50) {
    const step = watch(memory, { at, partTarget: PART, ...sampleAt(at / 1000) });
    memory = step.memory;
    if (step.action !== 'none') done.push({ at, action: step.action });
  }
  return done;
}

describe('while parts arrive', () => {
  test('it does nothing', () => {
    const edge = (second: number) => 10 + Math.floor(second / PART) * PART;
    expect(run(20, (second) => ({ bufferEnd: edge(second), playlistEnd: edge(second), loading: false }))).toEqual([]);
  });

  test('it does nothing on a slow line either, as long as something is loaded', () => {
    const slow = (second: number) => 10 + Math.floor(second) * 1;
    expect(run(20, (second) => ({ bufferEnd: slow(second), playlistEnd: 10 + second + 2, loading: true }))).toEqual([]);
  });

  test('a station that goes quiet is no fault of the player', () => {
    expect(run(20, () => ({ bufferEnd: 10, playlistEnd: 10.1, loading: false }))).toEqual([]);
  });
});

describe('when hls.js asks for nothing though parts are there', () => {
  test('it nudges after two parts, and once only at the same place', () => {
    const done = run(1, (second) => ({ bufferEnd: 10, playlistEnd: 10.3 + second, loading: false }));
    expect(done).toEqual([{ at: 450, action: 'nudge' }]);
  });

  test('it is content when the nudge helped', () => {
    const helped = (second: number) => (second > 0.5 ? 10.5 + Math.floor(second / PART) * PART : 10);
    const done = run(10, (second) => ({ bufferEnd: helped(second), playlistEnd: 10.4 + second, loading: false }));
    expect(done).toEqual([{ at: 450, action: 'nudge' }]);
  });
});

describe('when a request hangs', () => {
  test('it tries loading again after 1.5 s, then the live edge, then gives the engine up', () => {
    const done = run(3.6, (second) => ({ bufferEnd: 10, playlistEnd: 11 + second, loading: true }));
    expect(done).toEqual([
      { at: 1500, action: 'start_load' },
      { at: 2500, action: 'seek_live' },
      { at: 3500, action: 'restart' },
    ]);
  });
});
