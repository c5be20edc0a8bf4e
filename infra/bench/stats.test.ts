import { describe, expect, it } from '@jest/globals';
import { mean, median, percentile, slopePerMinute } from './stats.ts';

describe('statistics', () => {
  it('interpolates percentiles and does not need sorted values', () => {
    expect(percentile([30, 10, 20, 40], 0.5)).toBe(25);
    expect(percentile([30, 10, 20, 40], 1)).toBe(40);
    expect(median([7])).toBe(7);
    expect(mean([1, 2, 6])).toBe(3);
  });

  it('has no number for no values', () => {
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('gives a slope that one outlier does not move', () => {
    const points = Array.from({ length: 20 }, (_, i) => ({ at: i * 10_000, value: 100 + i }));
    points[7] = { at: 70_000, value: 9000 };
    expect(slopePerMinute(points)).toBeCloseTo(6);
  });
});
