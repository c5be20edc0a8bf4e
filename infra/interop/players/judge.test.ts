import { describe, expect, test } from '@jest/globals';
import { stillIn } from './browser-run.ts';
import { faultsOf, rowsOf } from './judge.ts';
import type { PlayerRun } from './player-run.ts';
import { CLICK_EVERY_MS } from './programme.ts';

const SECONDS = 60;

/** A run of a minute in which all went well, with changes. */
function run(changes: Partial<PlayerRun> = {}): PlayerRun {
  const placed = Array.from({ length: (SECONDS * 1000) / CLICK_EVERY_MS - 1 }, (_, i) => ({
    at: 2000 + i * CLICK_EVERY_MS,
    latencyMs: 600,
  }));
  return {
    player: 'some player',
    askedAt: 0,
    firstSoundAt: 1000,
    endedAt: 1000 + SECONDS * 1000,
    heard: { placed, missing: 0, repeated: 0 },
    stalls: [],
    gaps: [],
    saidLatencyMs: undefined,
    answers: { byStatus: new Map([[200, 600]]), blocking: 300, parts: 300, refusals: [], broken: [] },
    fatal: [],
    warnings: {},
    ...changes,
  };
}

function refusing(status: number): PlayerRun['answers'] {
  const refusals = [{ at: 5, status, path: '/playlist.m3u8', body: 'why' }];
  return { byStatus: new Map([[status, 2]]), blocking: 0, parts: 0, refusals, broken: [] };
}

describe('the judge of players', () => {
  test('has nothing to say of a run in which all went well', () => {
    expect(faultsOf(run())).toEqual([]);
  });

  test.each([
    ['a player that gave up', { fatal: ['bufferStalledError'] }, 'gave up: bufferStalledError'],
    ['silence', { firstSoundAt: undefined }, 'nothing was heard'],
    ['stalls of more than a hundredth', { stalls: [{ at: 15_000, ms: 700 }] }, 'it played in 98.6 % of the time'],
    ['standing still for long while joining', { stalls: [{ at: 3000, ms: 11_700 }] }, 'it stood still for 11700 ms'],
    ['another programme', { heard: { placed: [], missing: 0, repeated: 0 } }, '0 of about 40 clicks'],
    ['a request that was refused', { answers: refusing(400) }, '2 answers 400, the first for /playlist.m3u8: why'],
    ['media that was not there', { answers: refusing(404) }, '2 answers 404'],
    ['a request that was held too long', { answers: refusing(503) }, '2 answers 503'],
  ] as const)('finds %s', (_, changes, fault) => {
    const faults = faultsOf(run(changes as Partial<PlayerRun>));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(`some player: ${fault}`);
  });

  test('excuses refusals of a player that breaks a rule, never errors of the server', () => {
    const breaks = 'It asks for parts that nobody announced.';
    expect(faultsOf(run({ breaks, answers: refusing(400) }))).toEqual([]);
    expect(faultsOf(run({ breaks, answers: refusing(503) }))).toHaveLength(1);
  });

  test('a stall of less than a hundredth, and a short one while joining, are told and excused', () => {
    const stalls = [
      { at: 3000, ms: 2700 },
      { at: 21_000, ms: 400 },
    ];
    expect(faultsOf(run({ stalls }))).toEqual([]);
    const value = '2, 2700 ms while joining, 400 ms later, at 2, 20 s';
    expect(rowsOf(run({ stalls }))).toContainEqual({ name: 'some player: stalls', value });
  });
});

describe('media time that stands still', () => {
  const looks = (times: number[]) => times.map((time, i) => ({ at: i * 100, time }));

  test('is a stall from the last look at which it moved to the first at which it moves again', () => {
    expect(stillIn(looks([0, 0.1, 0.2, 0.2, 0.2, 0.2, 0.3, 0.4]))).toEqual([{ at: 200, ms: 300 }]);
  });

  test('is a stall at the end too', () => {
    expect(stillIn(looks([0, 0.1, 0.1, 0.1, 0.1]))).toEqual([{ at: 100, ms: 300 }]);
  });

  test('for less than two looks, or going on faster or slower, is none', () => {
    expect(stillIn(looks([0, 0.1, 0.1, 0.2, 0.31, 0.42, 0.5, 0.56, 0.62]))).toEqual([]);
  });
});
