import { describe, expect, it } from '@jest/globals';
import { BACKLOG_MS, PaceMeter } from './chunk-limits.ts';

/** Sends chunks of 100 ms at a pace; returns the ms after which they were too fast, Infinity for never. */
function refusedAfter(pace: number, forMs: number, meter = new PaceMeter()): number {
  for (let sent = 0; sent / pace <= forMs; sent += 100) {
    const now = 1000 + sent / pace;
    if (!meter.accept({ mediaMs: 100, bytes: 1600, now })) return now - 1000;
  }
  return Number.POSITIVE_INFINITY;
}

describe('PaceMeter', () => {
  it('lets up to 4 times real time pass for ever', () => {
    expect(refusedAfter(1, 3_600_000)).toBe(Number.POSITIVE_INFINITY);
    expect(refusedAfter(3.9, 600_000)).toBe(Number.POSITIVE_INFINITY);
  });

  it('refuses 5 times real time after 30 s, not before', () => {
    expect(refusedAfter(5, 29_900)).toBe(Number.POSITIVE_INFINITY);
    expect(refusedAfter(5, 60_000)).toBeCloseTo(30_000, -3);
  });

  it('refuses at once what can no longer become slow enough within 30 s', () => {
    expect(refusedAfter(1000, 60_000)).toBeLessThan(200);
    expect(refusedAfter(100, 1200)).toBe(Number.POSITIVE_INFINITY);
  });

  it('lets a burst pass when a break follows', () => {
    const meter = new PaceMeter();
    expect(meter.accept({ mediaMs: 100_000, bytes: 1, now: 0 })).toBe(true);
    expect(meter.accept({ mediaMs: 1000, bytes: 1, now: 26_000 })).toBe(true);
    expect(meter.accept({ mediaMs: 1000, bytes: 1, now: 31_000 })).toBe(true);
  });

  it('exempts the backlog of a resumed connection', () => {
    const resumed = new PaceMeter(BACKLOG_MS);
    expect(resumed.accept({ mediaMs: BACKLOG_MS, bytes: 1, now: 0 })).toBe(true);
    expect(resumed.accept({ mediaMs: 119_000, bytes: 1, now: 1 })).toBe(true);
    expect(resumed.accept({ mediaMs: 2000, bytes: 1, now: 2 })).toBe(false);
  });

  it('counts bytes without audio as well', () => {
    const meter = new PaceMeter();
    const accepted = Array.from({ length: 200 }, () => meter.accept({ mediaMs: 0, bytes: 1_048_576, now: 0 }));
    expect(accepted.indexOf(false)).toBe(Math.floor((120_000 * 768) / 1_048_576));
  });

  it('does not take audio after a pause for fast', () => {
    const meter = new PaceMeter();
    for (let minute = 0; minute < 60; minute++) {
      expect(meter.accept({ mediaMs: 60_000, bytes: 1, now: minute * 60_000 })).toBe(true);
    }
  });
});
