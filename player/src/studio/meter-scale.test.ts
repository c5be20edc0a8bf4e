import { describe, expect, test } from '@jest/globals';
import { CLIP_HOLD_MS, MeterBallistics, meterFraction, PEAK_HOLD_MS, toDb, zoneOf } from './meter-scale.ts';

const reading = (peak: number, clips = 0) => ({ peaks: [peak], rms: [peak / 2], clips });

describe('the scale of the meter', () => {
  test('runs from -60 to 0 dBFS', () => {
    expect([-90, -60, -30, 0, 6].map(meterFraction)).toEqual([0, 0, 0.5, 1, 1]);
    expect(meterFraction(toDb(0))).toBe(0);
    expect(toDb(0.5)).toBeCloseTo(-6.02, 2);
  });

  test.each([
    [Number.NEGATIVE_INFINITY, 'silent'],
    [-60, 'silent'],
    [-40, 'quiet'],
    [-20, 'good'],
    [-12, 'loud'],
    [-3, 'clipping'],
    [0, 'clipping'],
  ])('calls %d dB %s', (db, zone) => {
    expect(zoneOf(db)).toBe(zone);
  });
});

describe('the meter', () => {
  test('rises at once and falls 36 dB a second', () => {
    const meter = new MeterBallistics();
    meter.take(reading(1), 0);
    expect(meter.view(0).peakDb).toBe(0);
    meter.take(reading(0), 100);
    expect(meter.view(100).peakDb).toBeCloseTo(-3.6);
    meter.take(reading(0), 200);
    expect(meter.view(200).peakDb).toBeCloseTo(-7.2);
    meter.take(reading(0.9), 210);
    expect(meter.view(210).peakDb).toBeCloseTo(toDb(0.9));
  });

  test('marks the highest peak for 1.5 s', () => {
    const meter = new MeterBallistics();
    meter.take(reading(0.5), 0);
    for (let now = 500; now <= PEAK_HOLD_MS; now += 500) meter.take(reading(0.01), now);
    expect(meter.view(PEAK_HOLD_MS).channels[0]?.holdDb).toBeCloseTo(-6.02, 2);
    meter.take(reading(0.01), PEAK_HOLD_MS + 1);
    expect(meter.view(PEAK_HOLD_MS + 1).channels[0]?.holdDb).toBeCloseTo(-40, 2);
  });

  test('keeps the clip lamp lit for 3 s', () => {
    const meter = new MeterBallistics();
    expect(meter.view(0).isClipped).toBe(false);
    meter.take(reading(1, 1), 0);
    expect(meter.view(CLIP_HOLD_MS - 1).isClipped).toBe(true);
    expect(meter.view(CLIP_HOLD_MS).isClipped).toBe(false);
  });

  test('shows nothing when no reading comes any more', () => {
    const meter = new MeterBallistics();
    meter.take(reading(0.5), 0);
    expect(meter.view(240).zone).toBe('loud');
    expect(meter.view(300)).toMatchObject({ peakDb: Number.NEGATIVE_INFINITY, zone: 'silent' });
  });

  test('shows nothing before the first reading', () => {
    expect(new MeterBallistics().view(0)).toMatchObject({ channels: [], zone: 'silent', isClipped: false });
  });
});
