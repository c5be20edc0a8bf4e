import { expect, test } from '@jest/globals';
import { seededRandom, shuffledForever } from './fault-order.ts';

function first<Item>(count: number, items: Iterable<Item>): Item[] {
  const taken: Item[] = [];
  for (const item of items) {
    if (taken.length === count) break;
    taken.push(item);
  }
  return taken;
}

test('a seed gives the same order again, another seed another one', () => {
  const letters = [...'abcdefgh'];
  const order = (seed: number) => first(24, shuffledForever(letters, seed)).join('');
  expect(order(7)).toBe(order(7));
  expect(order(7)).not.toBe(order(8));
});

test('each round has all of them once, in another order', () => {
  const taken = first(24, shuffledForever([...'abcdefgh'], 3));
  const rounds = [0, 8, 16].map((from) => taken.slice(from, from + 8));
  for (const round of rounds) expect(round.toSorted()).toEqual([...'abcdefgh']);
  expect(new Set(rounds.map((round) => round.join(''))).size).toBe(3);
});

test('random numbers lie from 0 up to 1', () => {
  const random = seededRandom(1);
  const values = Array.from({ length: 1000 }, random);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...values)).toBeLessThan(1);
  expect(new Set(values).size).toBeGreaterThan(990);
});
