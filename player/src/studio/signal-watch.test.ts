import { describe, expect, test } from '@jest/globals';
import { SignalWatch } from './signal-watch.ts';

const SPEECH = { peaks: [0.2], rms: [0.05], clips: 0 };
const ROOM = { peaks: [0.002], rms: [0.001], clips: 0 };
const NOTHING = { peaks: [0], rms: [0], clips: 0 };

describe('the signal watch', () => {
  test('is silent before there is anything to watch', () => {
    expect(new SignalWatch().alarm(1e6, true)).toBeUndefined();
    expect(new SignalWatch().hasSignal(1e6)).toBe(false);
  });

  test('misses a signal after 5 s without one', () => {
    const watch = new SignalWatch();
    watch.take(NOTHING, 0);
    expect(watch.alarm(4999, false)).toBeUndefined();
    expect(watch.alarm(5000, false)).toBe('no_signal');
    watch.take(SPEECH, 6000);
    expect(watch.alarm(6000, false)).toBeUndefined();
    expect(watch.hasSignal(6000)).toBe(true);
  });

  test('warns of silence on air after 15 s and alarms after 60 s, room noise or not', () => {
    const watch = new SignalWatch();
    watch.take(SPEECH, 0);
    for (let now = 100; now <= 61_000; now += 100) watch.take(ROOM, now);
    expect(watch.alarm(14_900, true)).toBeUndefined();
    expect(watch.alarm(15_000, true)).toBe('silence_warn');
    expect(watch.alarm(60_000, true)).toBe('silence_alarm');
    expect(watch.alarm(60_000, false)).toBeUndefined();
  });

  test('takes a pause of 14 s for a pause', () => {
    const watch = new SignalWatch();
    watch.take(SPEECH, 0);
    expect(watch.hasSignal(14_000)).toBe(true);
    expect(watch.hasSignal(16_000)).toBe(false);
  });

  test('calls more than 3 clips in 10 s distortion', () => {
    const watch = new SignalWatch();
    for (let now = 0; now < 4000; now += 1000) watch.take({ peaks: [1], rms: [0.7], clips: 1 }, now);
    expect(watch.alarm(4000, true)).toBe('clipping');
    watch.take(SPEECH, 12_000);
    expect(watch.alarm(12_000, true)).toBeUndefined();
  });

  test('forgets the microphone before', () => {
    const watch = new SignalWatch();
    watch.take(NOTHING, 0);
    watch.reset();
    expect(watch.alarm(10_000, true)).toBeUndefined();
  });
});
