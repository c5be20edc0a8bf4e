import { describe, expect, test } from '@jest/globals';
import {
  type LatencyDecision,
  type LatencyMemory,
  SAMPLE_EVERY_MS,
  startLatencyMemory,
  steer,
  targetFor,
  widenAfterStall,
} from './latency-controller.ts';

const PART = 0.192;
const TARGET = 0.25;

type World = { now: number; forward: number; behind: number; rate: number; seeks: number; lowest: number };

/** Plays for some seconds against parts that arrive on time: a saw-tooth buffer that the rate drains or fills. */
function simulate(start: { forward: number; behind?: number }, seconds: number, before = startLatencyMemory(0)) {
  const world: World = { now: 0, forward: start.forward, behind: start.behind ?? 0, rate: 1, seeks: 0, lowest: 99 };
  const decisions: LatencyDecision[] = [];
  let memory: LatencyMemory = before;
  let sincePart = 0;
  while (world.now < seconds * 1000) {
    world.now += SAMPLE_EVERY_MS;
    sincePart += SAMPLE_EVERY_MS / 1000;
    world.forward = Math.max(0, world.forward - (SAMPLE_EVERY_MS / 1000) * world.rate);
    world.behind -= (SAMPLE_EVERY_MS / 1000) * (world.rate - 1);
    if (sincePart >= PART) {
      sincePart -= PART;
      world.forward += PART;
    }
    const step = steer(memory, { at: world.now, forward: world.forward, behind: world.behind, baseTarget: TARGET });
    memory = step.memory;
    world.rate = step.decision.rate;
    decisions.push(step.decision);
    if (step.decision.seek) {
      world.seeks += 1;
      world.forward = Math.max(0, world.forward - world.behind);
      world.behind = 0;
    }
    if (world.now > (seconds - 2) * 1000) world.lowest = Math.min(world.lowest, world.forward);
  }
  return { world, decisions, memory };
}

describe('the target', () => {
  test('is 0.25 s for parts of 192 ms, 0.15 s for 107 ms, and grows with the part', () => {
    expect(targetFor(0.192)).toBeCloseTo(0.25, 6);
    expect(targetFor(0.107)).toBeCloseTo(0.15, 6);
    expect(targetFor(1.024)).toBeGreaterThan(1);
  });
});

describe('converging', () => {
  test('from 1 s of buffer the lowest point reaches the target within 8 s and stays there', () => {
    const { world } = simulate({ forward: 1.0 }, 8);
    expect(world.lowest).toBeGreaterThan(TARGET / 2);
    expect(world.lowest).toBeLessThan(TARGET + 0.1);
    expect(simulate({ forward: 1.0 }, 60).world.lowest).toBeCloseTo(TARGET, 1);
  });

  test('from an almost empty buffer it slows down until half the target is there, and never seeks', () => {
    const { world, decisions } = simulate({ forward: 0.2 }, 20);
    expect(decisions.some((decision) => decision.rate < 1)).toBe(true);
    expect(world.lowest).toBeGreaterThanOrEqual(TARGET / 2 - 0.01);
    expect(world.seeks).toBe(0);
  });

  test('what comes at once after a hold-up at the source is caught up by speed within seconds, without a seek', () => {
    for (const lateSeconds of [0.2, 0.4, 0.7]) {
      const { world } = simulate({ forward: TARGET + PART + lateSeconds, behind: lateSeconds }, 12);
      expect(world.seeks).toBe(0);
      expect(world.lowest).toBeLessThan(TARGET + 0.1);
    }
  });

  test('at the target it plays at its own speed', () => {
    const { decisions } = simulate({ forward: TARGET + PART }, 10);
    const changed = decisions.slice(40).filter((decision) => decision.rate !== 1);
    expect(changed.length).toBeLessThan(decisions.length / 10);
  });

  test.each([
    [0.02, 0.97],
    [0.1, 0.98],
    [0.2, 1],
    [0.28, 1.03],
    [0.45, 1.08],
    [0.9, 1.15],
  ])('with a lowest point of %d s it plays at %d', (forward, rate) => {
    let memory = startLatencyMemory(0);
    let decided = 1;
    for (let at = 0; at < 1000; at += SAMPLE_EVERY_MS) {
      const step = steer(memory, { at, forward, behind: 0, baseTarget: TARGET });
      memory = step.memory;
      decided = step.decision.rate;
    }
    expect(decided).toBe(rate);
  });

  test('a timer that is throttled to one look a second never speeds up', () => {
    let memory = startLatencyMemory(0);
    for (let at = 0; at < 30_000; at += 1000) {
      const step = steer(memory, { at, forward: 0.9, behind: 0, baseTarget: TARGET });
      memory = step.memory;
      expect(step.decision.rate).toBeLessThanOrEqual(1);
    }
  });
});

describe('seeking', () => {
  test('3 s behind is cured by one seek, not by speed', () => {
    const { world, decisions } = simulate({ forward: 3.4, behind: 3 }, 3);
    expect(world.seeks).toBe(1);
    expect(decisions[0]).toMatchObject({ seek: true, rate: 1 });
  });

  test('a seek that did not help is not repeated within 2 s', () => {
    let memory = startLatencyMemory(0);
    const seeks: number[] = [];
    for (let at = 0; at <= 4000; at += SAMPLE_EVERY_MS) {
      const step = steer(memory, { at, forward: 0, behind: 5, baseTarget: TARGET });
      memory = step.memory;
      if (step.decision.seek) seeks.push(at);
    }
    expect(seeks).toEqual([0, 2000, 4000]);
  });

  test('with parts of a second, one part behind is no reason to seek', () => {
    const baseTarget = targetFor(0.96);
    const at = (behind: number) =>
      steer(startLatencyMemory(0), { at: 0, forward: 1, behind, baseTarget }).decision.seek;
    expect(at(1.1)).toBe(false);
    expect(at(3)).toBe(true);
  });

  test('while nobody knows how far behind it is, it does not seek', () => {
    const { decision } = steer(startLatencyMemory(0), { at: 0, forward: 5, behind: null, baseTarget: TARGET });
    expect(decision.seek).toBe(false);
  });
});

describe('after stalls', () => {
  test('each widens the target by 0.25 s, up to 1 s', () => {
    let memory = startLatencyMemory(0);
    const targets = [1, 2, 3, 4, 5].map((at) => {
      memory = widenAfterStall(memory, at);
      return steer(memory, { at, forward: 0.3, behind: 0, baseTarget: TARGET }).decision.target;
    });
    expect(targets).toEqual([0.5, 0.75, 1, 1.25, 1.25]);
  });

  test('60 s without one take one widening back, and the next needs 60 s more', () => {
    const widened = widenAfterStall(widenAfterStall(startLatencyMemory(0), 0), 0);
    const targetAfter = (seconds: number) => simulate({ forward: 0.6 }, seconds, widened).decisions.at(-1)?.target;
    expect(targetAfter(59)).toBe(0.75);
    expect(targetAfter(61)).toBe(0.5);
    expect(targetAfter(119)).toBe(0.5);
    expect(targetAfter(121)).toBe(0.25);
  });

  test('the first is followed by slow playback, a second within a minute by waiting for a buffer', () => {
    const once = widenAfterStall(startLatencyMemory(0), 0);
    const twice = widenAfterStall(once, 10);
    const rateWith = (memory: LatencyMemory, forward: number, at = 20) =>
      steer(memory, { at, forward, behind: 0, baseTarget: TARGET }).decision.rate;
    expect(rateWith(once, 0.1)).toBe(0.98);
    expect(rateWith(twice, 0.1)).toBe(0);
    expect(rateWith(twice, 0.5)).toBeGreaterThan(0);
    expect(rateWith(twice, 0.1, 4000)).toBeGreaterThan(0);
  });

  test('having waited, playback does not wait again before the next stall', () => {
    const twice = widenAfterStall(widenAfterStall(startLatencyMemory(0), 0), 0);
    const filled = steer(twice, { at: 50, forward: 0.6, behind: 0, baseTarget: TARGET }).memory;
    expect(steer(filled, { at: 100, forward: 0.1, behind: 0, baseTarget: TARGET }).decision.rate).toBe(0.98);
  });

  test('a wider target seeks later and to a place as much earlier', () => {
    const memory = widenAfterStall(startLatencyMemory(0), 0);
    const sample = { at: 10, forward: 1, baseTarget: TARGET };
    expect(steer(memory, { ...sample, behind: 1.2 }).decision.seek).toBe(false);
    expect(steer(memory, { ...sample, behind: 1.3 }).decision).toMatchObject({ seek: true, seekOffset: 0.25 });
  });
});
