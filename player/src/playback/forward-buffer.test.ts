import { expect, test } from '@jest/globals';
import { bufferEnd, forwardBuffer } from './forward-buffer.ts';

const ranges = (...pairs: [number, number][]): TimeRanges => ({
  length: pairs.length,
  start: (i) => pairs[i]?.[0] ?? Number.NaN,
  end: (i) => pairs[i]?.[1] ?? Number.NaN,
});

test('the forward buffer reaches from the playhead to the end of its range', () => {
  expect(forwardBuffer(ranges([10, 12]), 11.5)).toBeCloseTo(0.5);
  expect(forwardBuffer(ranges([1, 2], [10, 12]), 11)).toBeCloseTo(1);
});

test('gaps up to 0.1 s are played through, larger ones are not', () => {
  expect(forwardBuffer(ranges([10, 12], [12.05, 13]), 11)).toBeCloseTo(2);
  expect(forwardBuffer(ranges([10, 12], [12.5, 13]), 11)).toBeCloseTo(1);
});

test('a playhead outside of what is buffered has nothing before it', () => {
  expect(forwardBuffer(ranges([10, 12]), 20)).toBe(0);
  expect(forwardBuffer(ranges(), 0)).toBe(0);
});

test('the buffer ends where its last range ends', () => {
  expect(bufferEnd(ranges([1, 2], [10, 12]))).toBe(12);
  expect(bufferEnd(ranges())).toBe(0);
});
