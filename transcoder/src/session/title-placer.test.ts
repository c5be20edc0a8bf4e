import { FRAME_DURATION_MS } from '@awaz/infra/contract';
import type { PublishedPart } from '@awaz/infra/part-log';
import type { TitleRequest } from '@awaz/infra/titles';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_TITLES_PER_PART, TitlePlacer } from './title-placer.ts';

const START = Date.UTC(2026, 0, 5);
const PART_MS = 9 * FRAME_DURATION_MS;

const part = (number: number): PublishedPart => ({
  ...{ msn: Math.floor(number / 10), index: number % 10, firstFrame: number * 9, frames: 9, fillerFrames: 0 },
  ...{ programDateTime: START + number * PART_MS, endsSegment: number % 10 === 9, publishedAt: START, payloads: [] },
});

const request = (id: number, capturedAt: number, title = `t${id}`): TitleRequest => ({
  id: `${id}-0`,
  capturedAt,
  change: { track: { title, artist: '' } },
});

function placerWith(requests: TitleRequest[]): TitlePlacer {
  const placer = new TitlePlacer();
  placer.read({ requests, newestRead: requests.at(-1)?.id ?? '0' });
  return placer;
}

/** Publishes parts; gives what each makes audible. */
function publish(placer: TitlePlacer, numbers: number[], lateMs = 0) {
  return numbers.map((number) => {
    const titled = placer.title(part(number), lateMs);
    placer.stored(titled);
    return titled.part.programme?.map(({ track, at }) => ({ title: track?.title, at: at - START })) ?? [];
  });
}

describe('a title placer', () => {
  it('puts a title at its own moment of the part that spans it', () => {
    const placer = placerWith([request(1, START + 250)]);
    expect(publish(placer, [0, 1, 2])).toEqual([[], [{ title: 't1', at: 250 }], []]);
  });

  it('moves a title with audio that stands later on the timeline than it was captured', () => {
    const placer = placerWith([request(1, START + 250)]);
    expect(publish(placer, [0, 1, 2], 180)).toEqual([[], [], [{ title: 't1', at: 430 }]]);
  });

  it('gives a title that comes late the first moment of the next part', () => {
    const placer = placerWith([request(1, START - 10_000)]);
    expect(publish(placer, [3])).toEqual([[{ title: 't1', at: 576 }]]);
  });

  it('gives titles of the same moment moments of their own, in the order in which they were set', () => {
    const placer = placerWith([request(1, START + 5), request(2, START + 5), request(3, START + 4)]);
    expect(publish(placer, [0])).toEqual([
      [
        { title: 't3', at: 4 },
        { title: 't1', at: 5 },
        { title: 't2', at: 6 },
      ],
    ]);
  });

  it('keeps what a later title leaves out, and takes away what it says null for', () => {
    const placer = new TitlePlacer();
    const changes = [
      { show: 'Show', host: 'Host', track: { title: 'A', artist: 'B' } },
      { track: null },
      { host: null, track: { title: 'C', artist: '' } },
    ];
    const requests = changes.map((change, n) => ({ id: `${n + 1}-0`, capturedAt: START + n, change }));
    placer.read({ requests, newestRead: '3-0' });
    const { programme } = placer.title(part(0), 0).part;
    expect(programme?.map(({ show, host, track }) => ({ show, host, title: track?.title }))).toEqual([
      { show: 'Show', host: 'Host', title: 'A' },
      { show: 'Show', host: 'Host', title: undefined },
      { show: 'Show', host: null, title: 'C' },
    ]);
  });

  it('says at the beginning of each segment what is audible already', () => {
    const placer = placerWith([request(1, START)]);
    publish(placer, [0, 1]);
    expect(placer.title(part(9), 0).part.programmeBefore).toBeUndefined();
    expect(placer.title(part(10), 0).part.programmeBefore).toMatchObject({ track: { title: 't1' } });
  });

  it('forgets nothing of a part that could not be stored', () => {
    const placer = placerWith([request(1, START)]);
    expect(placer.title(part(0), 0).titles).toEqual({ newestRead: '1-0', taken: ['1-0'] });
    expect(publish(placer, [0])).toEqual([[{ title: 't1', at: 0 }]]);
    placer.restart(undefined);
    expect(placer.title(part(1), 0).titles).toEqual({ newestRead: '0', taken: [] });
  });

  it('places every title once, in order, each in its part, whatever is set when', () => {
    const times = fc.array(fc.integer({ min: -3000, max: 3000 }), { maxLength: 40 });
    fc.assert(
      fc.property(times, fc.double({ min: -300, max: 300, noNaN: true }), (offsets, lateMs) => {
        const placer = placerWith(offsets.map((offset, n) => request(n + 1, START + offset)));
        let last = 0;
        let count = 0;
        for (let number = 0; number < 60; number++) {
          const titled = placer.title(part(number), lateMs);
          placer.stored(titled);
          const programme = titled.part.programme ?? [];
          expect(programme.length).toBeLessThanOrEqual(MAX_TITLES_PER_PART);
          for (const { at } of programme) {
            expect(at).toBeGreaterThan(last);
            expect(at).toBeGreaterThanOrEqual(titled.part.programDateTime);
            expect(at).toBeLessThan(titled.part.programDateTime + PART_MS);
            last = at;
          }
          count += programme.length;
        }
        expect(count).toBe(offsets.length);
      }),
    );
  });
});
