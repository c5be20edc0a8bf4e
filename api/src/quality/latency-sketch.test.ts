import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LatencySketch } from './latency-sketch.ts';

const latencies = fc.array(fc.integer({ min: 1, max: 3_600_000 }), { minLength: 1, maxLength: 500 });

function sketchOf(values: number[]): LatencySketch {
  const sketch = new LatencySketch();
  for (const value of values) sketch.add(value);
  return sketch;
}

function exactQuantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1] ?? Number.NaN;
}

describe('LatencySketch', () => {
  it('gives quantiles within 2 % of the right ones', () => {
    const property = fc.property(latencies, fc.constantFrom(0.5, 0.95), (values, share) => {
      const exact = exactQuantile(values, share);
      expect(Math.abs((sketchOf(values).quantile(share) ?? 0) - exact)).toBeLessThanOrEqual(0.02 * exact + 1);
    });
    fc.assert(property, { seed: 7 });
  });

  it('says of two sketches together what one of all would say', () => {
    const property = fc.property(latencies, latencies, (one, other) => {
      const merged = new LatencySketch();
      for (const values of [one, other]) merged.merge(JSON.parse(JSON.stringify(sketchOf(values).toBuckets())));
      expect(merged.toBuckets()).toEqual(sketchOf([...one, ...other]).toBuckets());
    });
    fc.assert(property, { seed: 7 });
  });

  it('knows nothing of nobody, and takes nothing that cannot be', () => {
    const sketch = new LatencySketch();
    sketch.merge({ x: 1, 5: -1, 1.5: 2 });
    expect([sketch.quantile(0.5), sketch.toBuckets()]).toEqual([null, {}]);
  });

  it('stays small whatever comes', () => {
    const sketch = sketchOf(Array.from({ length: 100_000 }, (_, at) => at * 37));
    expect(Object.keys(sketch.toBuckets()).length).toBeLessThan(500);
  });
});
