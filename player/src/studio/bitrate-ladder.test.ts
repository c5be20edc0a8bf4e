import { expect, test } from '@jest/globals';
import { BitrateLadder } from './bitrate-ladder.ts';

test('a bitrate ladder goes down and up again within what was wished', () => {
  const ladder = new BitrateLadder(128_000);
  const downward = [ladder.bitsPerSecond];
  while (ladder.lower()) downward.push(ladder.bitsPerSecond);
  expect(downward).toEqual([128_000, 96_000, 64_000, 48_000, 32_000]);
  const upward = [];
  while (ladder.raise()) upward.push(ladder.bitsPerSecond);
  expect(upward).toEqual([48_000, 64_000, 96_000, 128_000]);
});

test('a bitrate ladder begins at a wish that is no rung of it', () => {
  const ladder = new BitrateLadder(80_000);
  expect(ladder.lower()).toBe(true);
  expect([ladder.bitsPerSecond, ladder.wished]).toEqual([64_000, 80_000]);
});
