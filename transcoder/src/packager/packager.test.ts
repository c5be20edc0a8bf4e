import { cutForPartTarget, FRAME_DURATION_MS, framesToMs } from '@awaz/infra/contract';
import type { PublishedPart, ResumeCursor } from '@awaz/infra/part-log';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type FinishedPart, Packager, type SourceFrame } from './packager.ts';

const T0 = 1_700_000_000_000;
const FILLER = new Uint8Array([0]);
const CURSOR: ResumeCursor = {
  epoch: 'e',
  format: 'audio/webm',
  entryId: '1-1',
  byteOffset: 0,
  restartSample: 0,
  prefix: '',
  state: '',
  publishedSample: 0,
};

/** Frame `index` of a source that was captured without a break from T0 on; its payload tells its index. */
function source(index: number, more: Partial<SourceFrame> = {}): SourceFrame {
  return {
    payloads: [new Uint8Array([1, index >> 8, index & 255])],
    capturedAt: T0 + index * FRAME_DURATION_MS,
    startsRun: index === 0,
    keepLate: false,
    cursor: () => ({ ...CURSOR, publishedSample: (index + 1) * 1024 }),
    ...more,
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => source(from + i));

/** When frame `index` comes in if the pipeline takes 100 ms. */
const arrival = (index: number) => T0 + (index + 1) * FRAME_DURATION_MS + 100;

function packager(resumeAfter?: PublishedPart, now = T0) {
  return new Packager({ cut: cutForPartTarget(192), renditions: 1, fillerFrame: FILLER, resumeAfter, now });
}

const parts = (finished: FinishedPart[]) => finished.map(({ part }) => part);

/** Plays a steady source of `count` frames one by one, with ticks between. */
function play(target: Packager, from: number, count: number): PublishedPart[] {
  return range(from, from + count).flatMap((frame, i) => {
    const now = arrival(from + i);
    return [...parts(target.tick(now)), ...parts(target.push([frame], now))];
  });
}

describe('Packager', () => {
  it('opens with three segments of filler whose programme date-times lead up to the first audio', () => {
    const opened = play(packager(), 0, 9);
    expect(opened).toHaveLength(31);
    expect(opened.slice(0, 30).every((part) => part.fillerFrames === 9)).toBe(true);
    expect(opened[30]).toMatchObject({ msn: 3, index: 0, firstFrame: 270, fillerFrames: 0, endsSegment: false });
    expect(opened[30]?.programDateTime).toBeCloseTo(T0, 2);
    expect(opened[29]).toMatchObject({ msn: 2, index: 9, endsSegment: true });
  });

  it('opens with filler alone when no audio comes for a while, and goes on with it', () => {
    const target = packager();
    expect(target.tick(T0 + 1499)).toEqual([]);
    expect(parts(target.tick(T0 + 1500))).toHaveLength(30);
    const later = parts(target.tick(T0 + 3500));
    expect(later.length).toBeGreaterThanOrEqual(9);
    expect(later.every((part) => part.fillerFrames === 9 && part.cursor === undefined)).toBe(true);
  });

  it('puts no filler into a steady source', () => {
    const made = play(packager(), 0, 900);
    expect(made.slice(30).every((part) => part.fillerFrames === 0)).toBe(true);
    expect(made).toHaveLength(130);
  });

  it('fills the rest of a part once it is late by more than the grace, and goes on with the source at once', () => {
    const target = packager();
    play(target, 0, 92);
    const due = arrival(98) + target.graceMs;
    expect(target.tick(due - 1)).toEqual([]);
    const [filled] = parts(target.tick(due));
    expect(filled).toMatchObject({ firstFrame: 360, frames: 9, fillerFrames: 7 });
    const [next] = parts(target.push(range(92, 101), due + 30));
    expect(next).toMatchObject({ firstFrame: 369, fillerFrames: 0 });
    expect(target.droppedFrames).toBe(0);
  });

  it('drops what comes long after its place was filled, until the source has caught up', () => {
    const target = packager();
    play(target, 0, 90);
    const back = arrival(90 + 200);
    parts(target.tick(back));
    const made = parts(target.push(range(90, 400), arrival(400)));
    expect(target.droppedFrames).toBeGreaterThan(150);
    const first = made.find((part) => part.fillerFrames === 0);
    expect(first?.programDateTime).toBeGreaterThan(back - 500);
    expect(made.filter((part) => part.fillerFrames > 0).length).toBeLessThanOrEqual(1);
  });

  it('drops nothing that has no filler in its place, however its capture times jump', () => {
    const target = packager();
    const jumpy = range(0, 300).map((frame, i) => ({ ...frame, capturedAt: T0 + 1000 + i * 2 }));
    const made = parts(target.push(jumpy, arrival(300)));
    expect(target.droppedFrames).toBe(0);
    expect(made.slice(30).every((part) => part.fillerFrames === 0)).toBe(true);
  });

  it('keeps what is late through our own doing, however late', () => {
    const target = packager();
    play(target, 0, 90);
    parts(target.tick(arrival(90 + 200)));
    const late = range(90, 290).map((frame) => ({ ...frame, keepLate: true }));
    parts(target.push(late, arrival(290)));
    for (const frame of range(290, 900)) parts(target.push([frame], arrival(900)));
    expect(target.droppedFrames).toBe(0);
  });

  it.each([60, 240])(
    'publishes as soon after the capture as before once an encoder was replaced, in chunks of %d ms',
    (chunkMs) => {
      const target = packager();
      target.setChunkMs(chunkMs);
      const chunkFrames = Math.round(chunkMs / FRAME_DURATION_MS);
      const published: { at: number; capturedUntil: number }[] = [];
      let next = 0;
      const note = (finished: FinishedPart[], now: number) => {
        for (const { part, releaseAt } of finished) {
          if (part.fillerFrames > 0 || part.cursor === undefined) continue;
          const capturedUntil = T0 + framesToMs(part.cursor.publishedSample / 1024);
          published.push({ at: Math.max(now, releaseAt(), published.at(-1)?.at ?? 0), capturedUntil });
        }
      };
      const runUntil = (frame: number, goneFor = { from: 0, to: 0 }) => {
        for (; next < frame; next += chunkFrames) {
          const captured = arrival(next + chunkFrames - 1);
          const now = captured < goneFor.to && captured >= goneFor.from ? goneFor.to : captured;
          const keepLate = now !== captured;
          note(target.tick(now), now);
          note(
            target.push(
              range(next, next + chunkFrames).map((frame) => ({ ...frame, keepLate })),
              now,
            ),
            now,
          );
        }
      };
      const delayOf = ({ at, capturedUntil }: { at: number; capturedUntil: number }) => at - capturedUntil;
      runUntil(450);
      const before = Math.max(...published.slice(-10).map(delayOf));
      runUntil(500, { from: arrival(450), to: arrival(480) });
      expect(target.droppedFrames).toBe(0);
      runUntil(1000);
      const after = published.slice(-40).map(delayOf);
      expect(Math.max(...after)).toBeLessThan(before + 2);
    },
  );

  it('drops nothing of a source that stands late through our own doing when the owner is away and comes back', () => {
    const target = packager();
    play(target, 0, 90);
    target.tick(arrival(180)); // nothing came for two seconds
    target.push(
      range(90, 180).map((frame) => ({ ...frame, keepLate: true })),
      arrival(180),
    );
    play(target, 180, 90);
    target.tick(arrival(340)); // the owner is away for 70 frames
    play(target, 340, 90);
    expect(target.droppedFrames).toBe(0);
  });

  it('goes on after the last part of another worker without filler when the audio follows on', () => {
    const before = play(packager(), 0, 180).at(-1) as PublishedPart;
    const target = packager(before, arrival(400));
    expect(target.tick(arrival(400) + 100)).toEqual([]);
    const made = parts(target.push(range(180, 420), arrival(400) + 200));
    expect(made[0]).toMatchObject({ firstFrame: before.firstFrame + 9, fillerFrames: 0, msn: 5, index: 0 });
    expect(made.every((part) => part.fillerFrames === 0)).toBe(true);
  });

  it('fills the gap before a new run so that its audio has its true programme date-time', () => {
    const target = packager();
    play(target, 0, 90);
    const made = parts(target.push([source(190, { startsRun: true }), ...range(191, 199)], arrival(199)));
    const real = made.find((part) => part.fillerFrames < part.frames);
    expect((real?.programDateTime ?? 0) + framesToMs(real?.fillerFrames ?? 0)).toBeCloseTo(T0 + framesToMs(190), -1);
  });

  it('ends with a shorter part that ends its segment', () => {
    const target = packager();
    play(target, 0, 94);
    expect(parts(target.flush(arrival(94)))).toMatchObject([
      { firstFrame: 360, frames: 4, endsSegment: true, msn: 4, index: 0 },
    ]);
  });

  it('holds parts of a source in long chunks until their time, so that they do not come in heaps', () => {
    const target = packager();
    target.setChunkMs(1000);
    const made = target.push(range(0, 90), arrival(89)).slice(30);
    const releases = made.map(({ releaseAt }) => releaseAt());
    releases.slice(1).forEach((at, i) => {
      expect(at - (releases[i] as number)).toBeCloseTo(192, 1);
    });
    expect(releases[0]).toBeGreaterThan(arrival(9) + 800);
  });

  it('follows drift by at most 1 ms a segment', () => {
    const target = packager();
    const drifting = range(0, 4500).map((frame, i) => ({ ...frame, capturedAt: frame.capturedAt * 1 + i * 0.004 }));
    const made = drifting.flatMap((frame) => parts(target.push([frame], frame.capturedAt + 121)));
    const last = made.at(-1) as PublishedPart;
    expect(Math.abs(last.programDateTime - (drifting.at(-last.frames) as SourceFrame).capturedAt)).toBeLessThan(3);
    for (let i = 1; i < made.length; i++) {
      const [a, b] = [made[i - 1] as PublishedPart, made[i] as PublishedPart];
      expect(Math.abs(b.programDateTime - a.programDateTime - framesToMs(a.frames))).toBeLessThanOrEqual(1.001);
    }
  });

  it('comes back to the source for good once it is steady again, whatever it was before', () => {
    const stall = fc.record({ frames: fc.integer({ min: 1, max: 40 }), lateMs: fc.integer({ min: 0, max: 2500 }) });
    fc.assert(
      fc.property(fc.array(stall, { minLength: 1, maxLength: 12 }), (stalls) => {
        const target = packager();
        let now = T0;
        let next = 0;
        for (const { frames, lateMs } of stalls) {
          const until = Math.max(now, arrival(next + frames)) + lateMs;
          for (; now < until; now += 20) target.tick(now);
          target.push(range(next, next + frames), now);
          next += frames;
        }
        for (; arrival(next) < now; next++) target.push([source(next)], now);
        target.tick(now);
        play(target, next, 200);
        const dropped = target.droppedFrames;
        const made = play(target, next + 200, 300);
        expect(target.droppedFrames).toBe(dropped);
        expect(made.filter((part) => part.fillerFrames > 0)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('gives every frame one place, without a gap, whatever comes when', () => {
    const event = fc.record({
      count: fc.integer({ min: 0, max: 60 }),
      lateMs: fc.integer({ min: 0, max: 1500 }),
      tick: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 15 }), (events) => {
        const target = packager();
        const made: PublishedPart[] = [];
        let now = T0;
        let next = 0;
        for (const { count, lateMs, tick } of events) {
          now = Math.max(now, arrival(next + count)) + lateMs;
          if (tick) made.push(...parts(target.tick(now)));
          made.push(...parts(target.push(range(next, next + count), now)));
          next += count;
        }
        made.push(...parts(target.flush(now)));
        made.forEach((part, i) => {
          const before = made[i - 1];
          expect(part.firstFrame).toBe(before === undefined ? 0 : before.firstFrame + before.frames);
          expect(part.msn).toBe(Math.floor(part.firstFrame / 90));
        });
      }),
      { numRuns: 50 },
    );
  });
});
