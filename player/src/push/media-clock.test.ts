import { describe, expect, test } from '@jest/globals';
import { MAX_CATCH_UP_MS, MediaClock, SETTLE_MS } from './media-clock.ts';

/** A clock that has begun at wall time 1000 with media time 0. */
function begun(): MediaClock {
  const clock = new MediaClock();
  clock.capturedAt(0, 1000);
  return clock;
}

describe('a media clock', () => {
  test('runs with the media from the first question on', () => {
    const clock = begun();
    expect([60, 120, 180].map((mediaMs) => clock.capturedAt(mediaMs, 1010))).toEqual([1060, 1120, 1180]);
  });

  test('keeps its time for a source that was late and catches up', () => {
    const clock = begun();
    expect(clock.capturedAt(1000, 2900)).toBe(2000);
    expect(clock.capturedAt(2000, 3000)).toBe(3000);
    expect(clock.capturedAt(3000, 5000)).toBe(4000);
    expect(clock.capturedAt(4000, 5000)).toBe(5000);
  });

  test('gives a later time to a source that stays behind, by what it was always late', () => {
    const clock = begun();
    expect(clock.capturedAt(1000, 2500)).toBe(2000);
    expect(clock.capturedAt(1500, 2900)).toBe(2500);
    expect(clock.capturedAt(2000, 2500 + SETTLE_MS)).toBe(3400);
    expect(clock.capturedAt(3000, 4400)).toBe(4400);
  });

  test('does not catch up with a source that was away for long', () => {
    const clock = begun();
    const now = 2000 + MAX_CATCH_UP_MS + 1;
    expect(clock.capturedAt(1000, now)).toBe(now);
  });

  test('takes no notice of a few ms', () => {
    const clock = begun();
    for (let mediaMs = 0; mediaMs < 5000; mediaMs += 60) {
      expect(clock.capturedAt(mediaMs, 1000 + mediaMs + 40)).toBe(1000 + mediaMs);
    }
  });
});
