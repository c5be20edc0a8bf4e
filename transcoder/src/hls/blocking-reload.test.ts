import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { advancePartLimit, isReached, judgeReload, type PlaylistEdge } from './index.ts';

/** Segments 0 to 10 complete, parts 0 to 3 of segment 11 there, 192 ms parts. */
const EDGE: PlaylistEdge = {
  lastMsn: 10,
  lastMsnParts: 10,
  openParts: 4,
  partsPerSegment: 10,
  partTarget: 0.192,
  ended: false,
};

const kind = (msn: number | undefined, part?: number, edge = EDGE) => judgeReload({ msn, part }, edge).kind;

describe('a blocking reload', () => {
  it('without directives is answered at once', () => {
    expect(kind(undefined)).toBe('answer');
  });

  it('of a segment alone waits until the whole segment is there', () => {
    expect(kind(10)).toBe('answer');
    expect(judgeReload({ msn: 11 }, EDGE)).toEqual({ kind: 'hold', until: { msn: 11 } });
    expect(kind(12)).toBe('hold');
  });

  it('of a part waits until that part is there', () => {
    expect(kind(11, 3)).toBe('answer');
    expect(judgeReload({ msn: 11, part: 4 }, EDGE)).toEqual({ kind: 'hold', until: { msn: 11, part: 4 } });
    expect(kind(12, 0)).toBe('hold');
  });

  it('for something older than the edge, or than the window, is answered at once', () => {
    for (const [msn, part] of [[0], [10, 9], [3, 0], [0, 5], [3, 999_999]] as const) {
      expect(kind(msn, part)).toBe('answer');
    }
  });

  it('for a part beyond the last of its segment means part 0 of the next', () => {
    expect(kind(10, 10)).toBe('answer');
    expect(kind(10, 10, { ...EDGE, openParts: 0 })).toBe('hold');
    expect(isReached({ msn: 10, part: 500 }, { ...EDGE, openParts: 1 })).toBe(true);
    expect(kind(11, 12)).toBe('hold');
    expect(isReached({ msn: 11, part: 12 }, { ...EDGE, lastMsn: 11, openParts: 0 })).toBe(false);
    expect(isReached({ msn: 11, part: 12 }, { ...EDGE, lastMsn: 11, openParts: 1 })).toBe(true);
  });

  it('more than two segments ahead of the last one is refused', () => {
    expect(kind(13)).toBe('refuse');
    expect(kind(13, 0)).toBe('refuse');
    expect(kind(1e20)).toBe('refuse');
  });

  it('more than the advance part limit ahead of the last part is refused', () => {
    expect(advancePartLimit(0.32)).toBeCloseTo(9.375);
    expect(advancePartLimit(1)).toBe(3);
    expect(kind(11, 18)).toBe('hold'); // 15 parts ahead, the limit is 15.6
    expect(kind(11, 19)).toBe('refuse');
    expect(kind(12, 8)).toBe('hold');
    expect(kind(12, 9)).toBe('refuse');
  });

  it('is answered at once whatever it asks for when the broadcast has ended', () => {
    expect(kind(999, 999, { ...EDGE, ended: true })).toBe('answer');
    expect(kind(11, 4, { ...EDGE, ended: true })).toBe('answer');
  });

  it('that is held is reached for good by some later edge within three segments', () => {
    const positions = fc.record({
      msn: fc.integer({ min: 0, max: 14 }),
      part: fc.option(fc.nat(40), { nil: undefined }),
    });
    fc.assert(
      fc.property(positions, fc.nat(9), (target, openParts) => {
        const edge = { ...EDGE, openParts };
        if (judgeReload(target, edge).kind !== 'hold') return;
        let reached = false;
        for (let position = 110 + openParts; position < 150; position++) {
          const now = isReached(target, { ...EDGE, lastMsn: Math.floor(position / 10) - 1, openParts: position % 10 });
          expect(reached && !now).toBe(false);
          reached = now;
        }
        expect(reached).toBe(true);
      }),
    );
  });
});
