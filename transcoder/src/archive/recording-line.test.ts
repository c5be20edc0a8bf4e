import { cutForPartTarget, FRAME_DURATION_MS } from '@awaz/infra/contract';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fragmentFrames, sampleSizes } from '../isobmff/fragment-frames.ts';
import { mediaFragment } from '../isobmff/media-fragment.ts';
import { Packager, type SourceFrame } from '../packager/packager.ts';
import { RecordingLine } from './recording-line.ts';

const T0 = 1_700_000_000_000;
const SILENCE = new Uint8Array([0]);

function source(number: number, capturedAt: number, startsRun: boolean): SourceFrame {
  return {
    payloads: [new Uint8Array([1, number >> 8, number & 255])],
    ...{ capturedAt, startsRun, keepLate: false },
    cursor: () => ({
      ...{ epoch: 'e', format: '', entryId: '1-1', byteOffset: 0, restartSample: 0, prefix: '', state: '' },
      publishedSample: 0,
    }),
  };
}

/** Numbers of the frames that a recording holds, in its order; null is silence. */
const numbersOf = (segments: { bytes: Uint8Array }[][]) =>
  segments.flat().map(({ bytes }) => (bytes.length === 1 ? null : (bytes[1] ?? 0) * 256 + (bytes[2] ?? 0)));

describe('RecordingLine', () => {
  it('holds each frame that the packager took once and in order, however late it came', () => {
    const bursts = fc.array(fc.record({ frames: fc.integer({ min: 1, max: 120 }), lateMs: fc.nat(8000) }), {
      minLength: 1,
      maxLength: 12,
    });
    const property = fc.property(bursts, (plan) => {
      const packager = new Packager({
        ...{ cut: cutForPartTarget(192), renditions: 1, fillerFrame: SILENCE, recordedRung: 0, now: T0 },
      });
      const line = new RecordingLine(0, SILENCE, undefined);
      let number = 0;
      let now = T0;
      for (const { frames, lateMs } of plan) {
        const burst = Array.from({ length: frames }, (_, i) =>
          source(number + i, T0 + (number + i) * FRAME_DURATION_MS, number + i === 0),
        );
        number += frames;
        now = Math.max(now, T0 + number * FRAME_DURATION_MS + lateMs);
        for (const { part } of [...packager.tick(now), ...packager.push(burst, now)]) line.take(part);
      }
      for (const { part } of packager.flush(now)) line.take(part);
      const { segments, silentFrames } = line.cut();
      expect(numbersOf(segments)).toEqual(Array.from({ length: number }, (_, i) => i));
      expect(silentFrames).toBe(0);
      expect(Math.max(...segments.map(({ length }) => length))).toBeLessThanOrEqual(400);
    });
    fc.assert(property, { seed: 5, numRuns: 150 });
  });

  it('puts silence where nothing was ever sent', () => {
    const packager = new Packager({
      ...{ cut: cutForPartTarget(192), renditions: 1, fillerFrame: SILENCE, recordedRung: 0, now: T0 },
    });
    const line = new RecordingLine(0, SILENCE, undefined);
    const before = [0, 1, 2].map((n) => source(n, T0 + n * FRAME_DURATION_MS, n === 0));
    const after = [3, 4].map((n) => source(n, T0 + (n + 10) * FRAME_DURATION_MS, n === 3));
    const parts = [...packager.push([...before, ...after], T0 + 400), ...packager.flush(T0 + 500)];
    for (const { part } of parts) line.take(part);
    const { segments, silentFrames } = line.cut();
    expect(silentFrames).toBe(10);
    expect(numbersOf(segments)).toEqual([0, 1, 2, ...new Array<null>(10).fill(null), 3, 4]);
  });
});

describe('fragmentFrames', () => {
  it('gives frames or a clear refusal, whatever the bytes are', () => {
    const frames = [new Uint8Array([1, 2]), new Uint8Array([3])];
    const good = mediaFragment({ sequenceNumber: 1, baseMediaDecodeTime: 0, frames });
    expect(fragmentFrames(good)).toEqual(frames);
    expect(sampleSizes(good)).toEqual([2, 1]);
    const changes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    const property = fc.property(changes, fc.nat(good.length), (places, length) => {
      const bytes = good.slice(0, length);
      for (const [at, value] of places) if (at < length) bytes[at] = value;
      try {
        fragmentFrames(bytes);
      } catch (error) {
        expect((error as Error).name).toBe('FragmentSyntaxError');
      }
    });
    fc.assert(property, { seed: 3, numRuns: 2000 });
  });
});
