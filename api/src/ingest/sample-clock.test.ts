import { parseIngestFormat } from '@awaz/infra/contract';
import { createLogger } from '@awaz/infra/runtime';
import { loadRecording } from '@awaz/infra/testkit';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ChunkIntake } from './chunk-intake.ts';
import { SampleClock } from './sample-clock.ts';

const T0 = 1_700_000_000_000;

/** Length of a chunk, in ms. */
const CHUNK_MS = 60;

/** Capture times of chunks of 60 ms that come so many ms after they were captured. */
function captureTimes(clock: SampleClock, delaysMs: readonly number[]): number[] {
  return delaysMs.map((delayMs, i) => clock.capturedAt((i + 1) * CHUNK_MS, T0 + (i + 1) * CHUNK_MS + delayMs));
}

describe('SampleClock', () => {
  it('counts samples, set by the quickest chunk, whatever the network adds to the others', () => {
    const delaysMs = Array.from({ length: 400 }, (_, i) => (i % 20 === 3 ? 20 : 20 + ((i * 37) % 90)));
    const times = captureTimes(new SampleClock(), delaysMs).slice(4);
    for (const [i, time] of times.entries()) expect(time).toBe(T0 + (i + 5) * CHUNK_MS + 20);
  });

  it('takes audio after a pause for captured when it came', () => {
    const clock = new SampleClock();
    captureTimes(clock, new Array<number>(100).fill(20));
    expect(clock.capturedAt(101 * CHUNK_MS, T0 + 20_000)).toBe(T0 + 20_000);
    expect(clock.capturedAt(102 * CHUNK_MS, T0 + 20_060)).toBe(T0 + 20_060);
  });

  it('takes a pause too short to be told from a slow network for one within 6 s', () => {
    const times = captureTimes(new SampleClock(), [
      ...new Array<number>(100).fill(20),
      ...new Array<number>(110).fill(320),
    ]);
    expect(times[100]).toBe(T0 + 101 * CHUNK_MS + 20);
    expect(times.at(-1)).toBe(T0 + 210 * CHUNK_MS + 320);
  });

  it('follows a client whose sound card runs slow or fast', () => {
    for (const drift of [-100e-6, 100e-6]) {
      const clock = new SampleClock();
      for (let mediaTime = 0; mediaTime < 3_600_000; mediaTime += CHUNK_MS) {
        const captured = T0 + mediaTime * (1 + drift);
        expect(Math.abs(clock.capturedAt(mediaTime, captured + 20) - captured - 20)).toBeLessThan(5);
      }
    }
  });

  it('begins anew with another container stream', () => {
    const clock = new SampleClock();
    captureTimes(clock, new Array<number>(100).fill(20));
    clock.restart();
    expect(clock.capturedAt(7, T0 + 6200)).toBe(T0 + 6200);
    expect(clock.capturedAt(67, T0 + 6300)).toBe(T0 + 6260);
  });

  it('never tells a time after the arrival or before the chunk before', () => {
    const chunks = fc.array(fc.tuple(fc.nat(2000), fc.nat(2000)), { maxLength: 200 });
    fc.assert(
      fc.property(fc.nat(2000), chunks, (before, all) => {
        const clock = new SampleClock(T0 - before);
        let [mediaTime, now, last] = [0, T0, T0 - before];
        for (const [lengthMs, waitMs] of all) {
          mediaTime += lengthMs;
          now += waitMs;
          const captured = clock.capturedAt(mediaTime, now);
          expect(captured).toBeLessThanOrEqual(now);
          expect(captured).toBeGreaterThanOrEqual(last);
          last = captured;
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe.each(['mediarecorder-webm-opus-120ms', 'mediarecorder-mp4-opus-240ms'] as const)('%s', (name) => {
  it('has capture times that are as even as its samples once it runs', () => {
    const { mime, chunks } = loadRecording(name);
    const intake = new ChunkIntake({
      format: parseIngestFormat(mime),
      fresh: true,
      resumed: false,
      clock: {},
      now: T0,
      logger: createLogger('test', 'silent'),
    });
    const judged = chunks.map(({ atMs, bytes }) =>
      intake.judge({ payload: bytes, clientTime: undefined, arrivedAt: T0 + atMs }),
    );
    const steps = judged.slice(50).map(({ capturedAt }, i) => capturedAt - (judged[i + 49]?.capturedAt ?? 0));
    const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
    const uneven = steps.slice(0, -1).filter((step) => Math.abs(step - usual) > 0.5);
    expect(uneven).toEqual([]); // the last chunk is cut off by the stop
    const arrivals = chunks.slice(50, -1).map(({ atMs }, i) => atMs - (chunks[i + 49]?.atMs ?? 0));
    expect(Math.max(...arrivals) - Math.min(...arrivals)).toBeGreaterThan(10);
  });
});
