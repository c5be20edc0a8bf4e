import { expect, test } from '@jest/globals';
import { reconnectWait } from './reconnect-schedule.ts';

test('waits are 1, 2, 4, 8, 15, 30 s and then 30 s for ever', () => {
  const middle = () => 0.5;
  expect([1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => reconnectWait(attempt, middle))).toEqual([
    1000, 2000, 4000, 8000, 15_000, 30_000, 30_000, 30_000,
  ]);
});

test('chance varies them by at most 20 %', () => {
  expect(reconnectWait(1, () => 0)).toBeCloseTo(800);
  expect(reconnectWait(6, () => 1)).toBeCloseTo(36_000);
});
