import { expect, test } from '@jest/globals';
import { lowerCap, NO_CAP, relaxCap } from './rendition-cap.ts';

test('a stall allows one rendition less, and never less than the lowest', () => {
  expect(lowerCap(2, 5)).toEqual({ level: 1, since: 5 });
  expect(lowerCap(0, 5)).toEqual({ level: 0, since: 5 });
});

test('each clean minute allows one more, until all are allowed', () => {
  const lowest = lowerCap(0, 0);
  const early = relaxCap(lowest, { highest: 2, at: 59_999 });
  expect(early).toBe(lowest);
  const later = relaxCap(lowest, { highest: 2, at: 60_000 });
  expect(later).toEqual({ level: 1, since: 60_000 });
  expect(relaxCap(later, { highest: 2, at: 119_999 })).toBe(later);
  expect(relaxCap(later, { highest: 2, at: 120_000 })).toEqual(NO_CAP);
});

test('without a cap nothing changes', () => {
  expect(relaxCap(NO_CAP, { highest: 2, at: 1e9 })).toBe(NO_CAP);
});
