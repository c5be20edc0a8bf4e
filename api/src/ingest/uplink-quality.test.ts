import { describe, expect, it } from '@jest/globals';
import { UplinkQuality } from './uplink-quality.ts';

describe('UplinkQuality', () => {
  it('tells the rate of the last seconds', () => {
    const quality = new UplinkQuality(0);
    for (let second = 1; second <= 10; second++) {
      quality.arrived({ bytes: 16_000, arrivedAt: second * 1000 - 1, mediaTime: second * 1000 });
      expect(quality.report(second * 1000).kbps).toBe(128);
    }
    for (let second = 11; second <= 14; second++) quality.report(second * 1000);
    expect(quality.report(15_000).kbps).toBe(0);
  });

  it('tells how unevenly chunks arrive, whatever their length', () => {
    const even = new UplinkQuality(0);
    const uneven = new UplinkQuality(0);
    for (let i = 1; i <= 200; i++) {
      even.arrived({ bytes: 1, arrivedAt: i * 60 + 500, mediaTime: i * 60 });
      uneven.arrived({ bytes: 1, arrivedAt: i * 60 + (i % 2) * 20, mediaTime: i * 60 });
    }
    expect(even.report(1).jitterMs).toBe(0);
    expect(uneven.report(1).jitterMs).toBe(20);
  });

  it('counts lost chunks', () => {
    const quality = new UplinkQuality(0);
    quality.lost(2);
    quality.lost(1);
    expect(quality.report(0)).toEqual({ kbps: 0, jitterMs: 0, lostChunks: 3, lateMs: 0 });
  });
});
