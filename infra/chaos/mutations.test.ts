import { expect, test } from '@jest/globals';
import { seededRandom } from './fault-order.ts';
import { mutated } from './mutations.ts';

const CHUNK = Uint8Array.from({ length: 500 }, (_, i) => i & 255);

test('mistakes are the same for the same seed, leave the chunk itself alone and spare most chunks', () => {
  const mistakes = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 400 }, () => Buffer.from(mutated(CHUNK, random)));
  };
  const made = mistakes(5);
  expect(made).toEqual(mistakes(5));
  expect(CHUNK).toEqual(Uint8Array.from({ length: 500 }, (_, i) => i & 255));
  const wrong = made.filter((bytes) => !bytes.equals(CHUNK));
  expect(wrong.length).toBeGreaterThan(60);
  expect(wrong.length).toBeLessThan(180);
  const lengths = wrong.map(({ length }) => Math.sign(length - CHUNK.length));
  expect(new Set(lengths)).toEqual(new Set([-1, 0, 1]));
});
