import { fileURLToPath } from 'node:url';
import { cutForPartTarget, FRAME_DURATION_MS, type LateAudio, PROFILES, partSeconds } from '@awaz/infra/contract';
import { runProgram } from '@awaz/infra/testkit';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_KEPT_LATE_MS } from './late-play.ts';
import { Packager } from './packager.ts';
import type { DriftFindings } from './test/drift-run.ts';
import { arrivalOf, FILLER, framesOf, PIPELINE_MS, Simulation, simulatedFrame, T0 } from './test/simulated-source.ts';

const FAST = cutForPartTarget(192);
const OPENING_FRAMES = 270;

function packager(lateAudio: LateAudio = 'drop', cut = FAST): Packager {
  return new Packager({ cut, renditions: 1, fillerFrame: FILLER, lateAudio, now: T0 });
}

const framesFrom = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => simulatedFrame(from + i));

/** Plays frames one by one, each when nothing holds it up. */
function playSteadily(simulation: Simulation, from: number, to: number): void {
  for (const [i, frame] of framesFrom(from, to).entries()) simulation.arrive([frame], arrivalOf(from + i));
}

/** A stretch of the source, and how late its frames come: together, as after a cut, or each by itself. */
const stretch = fc.record({
  frames: fc.integer({ min: 1, max: 300 }),
  lateMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 9000 })),
  burst: fc.boolean(),
});

function playStretches(target: Packager, stretches: (typeof stretch extends fc.Arbitrary<infer S> ? S : never)[]) {
  const simulation = new Simulation(target);
  let next = 0;
  let now = T0;
  for (const { frames, lateMs, burst } of stretches) {
    const all = framesFrom(next, next + frames);
    next += frames;
    if (burst) now = Math.max(now, arrivalOf(next - 1) + lateMs);
    for (const [i, frame] of all.entries()) {
      if (!burst) now = Math.max(now, arrivalOf(next - frames + i) + lateMs);
      simulation.arrive([frame], now);
    }
  }
  simulation.runUntil(now + 3000);
  return { published: simulation.published, sent: next };
}

describe('a packager on simulated time', () => {
  it.each([
    ['ultra', 107, 130],
    ['fast', 192, 221],
    ['safe', 960, 1104],
  ] as const)('waits longer for late audio the longer its parts are: %s', (name, partMs, graceMs) => {
    expect(Math.round(partSeconds(PROFILES[name].cut) * 1000)).toBe(partMs);
    expect(Math.round(packager('drop', PROFILES[name].cut).graceMs)).toBe(graceMs);
  });

  it.each(['drop', 'keep'] as const)(
    'keeps its cadence and its order whatever comes when, and drops only where filler stood (%s)',
    (lateAudio) => {
      fc.assert(
        fc.property(fc.array(stretch, { minLength: 1, maxLength: 8 }), (stretches) => {
          const target = packager(lateAudio);
          const { published, sent } = playStretches(target, stretches);
          const parts = published.map(({ part }) => part);
          const places = parts.map(({ firstFrame, msn, index }) => [firstFrame, msn, index]);
          expect(places).toEqual(parts.map((_, i) => [9 * i, Math.floor(i / 10), i % 10]));
          const all = parts.flatMap(framesOf);
          const own = all.filter((frame) => frame !== 'filler');
          expect(own).toEqual([...new Set(own)].toSorted((a, b) => a - b));
          const missing = sent - own.length;
          expect(missing).toBeLessThanOrEqual(target.droppedFrames + 8); // the last part may not be full yet
          const filler = all.length - own.length - OPENING_FRAMES;
          expect(target.droppedFrames).toBeLessThanOrEqual(Math.max(0, filler));
          const longest = partSeconds(FAST) * 1000 + target.graceMs + PIPELINE_MS + 600;
          const times = published.slice(30).map(({ publishedAt }) => publishedAt);
          const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
          expect(Math.max(0, ...gaps)).toBeLessThanOrEqual(longest);
        }),
        { numRuns: 40 },
      );
    },
  );

  it('has nothing overdue after any tick', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 0, max: 400 }), (ms, frames) => {
        const target = packager();
        const simulation = new Simulation(target);
        playSteadily(simulation, 0, frames);
        target.tick(arrivalOf(frames) + ms);
        expect(target.deadline).toBeGreaterThan(arrivalOf(frames) + ms);
      }),
      { numRuns: 50 },
    );
  });

  it('plays all of a cut late where everything is kept, in the pace of the programme', () => {
    const target = packager('keep');
    const simulation = new Simulation(target);
    playSteadily(simulation, 0, 450);
    simulation.arrive(framesFrom(450, 1450), arrivalOf(1450));
    playSteadily(simulation, 1450, 2450);
    expect(target.droppedFrames).toBe(0);
    const own = simulation.published.flatMap(({ part }) => framesOf(part)).filter((frame) => frame !== 'filler');
    expect(own).toEqual(Array.from({ length: own.length }, (_, i) => i));
    const times = simulation.published.slice(32).map(({ publishedAt }) => publishedAt);
    const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(450);
    const last = simulation.published.at(-1);
    const { capturedAt = 0, programDateTime = 0 } = last?.part ?? {};
    expect(programDateTime - capturedAt).toBeGreaterThan(15_000);
    expect(last?.lateMs).toBeCloseTo(programDateTime - capturedAt, 0);
    const first = own[0] === undefined ? -1 : own[0];
    expect(capturedAt).toBeCloseTo(T0 + ((own.at(-1) ?? 0) - 8) * FRAME_DURATION_MS, 0);
    expect(first).toBe(0);
  });

  it('puts no filler where kept audio still waits to be published', () => {
    const target = packager('keep');
    const simulation = new Simulation(target);
    playSteadily(simulation, 0, 450);
    simulation.arrive(framesFrom(450, 1000), arrivalOf(1000));
    const before = simulation.published.length;
    simulation.arrive(framesFrom(1000, 1300), arrivalOf(1300)); // another 6 s without a frame
    const after = simulation.published.slice(before).flatMap(({ part }) => framesOf(part));
    expect(after.filter((frame) => frame === 'filler')).toEqual([]);
  });

  it('comes back to live where the source makes a break', () => {
    const target = packager('keep');
    const simulation = new Simulation(target);
    playSteadily(simulation, 0, 450);
    simulation.arrive(framesFrom(450, 1450), arrivalOf(1450));
    const back = arrivalOf(1450) + 40_000;
    const captured = back - PIPELINE_MS - 60;
    const later = (i: number) =>
      simulatedFrame(1450 + i, { capturedAt: captured + i * FRAME_DURATION_MS, startsRun: i === 0 });
    for (let i = 0; i < 300; i++) simulation.arrive([later(i)], back + i * FRAME_DURATION_MS);
    const last = simulation.published.at(-1)?.part;
    expect(last?.capturedAt).toBeUndefined();
    expect((last?.programDateTime ?? 0) - (captured + 290 * FRAME_DURATION_MS)).toBeLessThan(250);
  });

  it('keeps audio a minute behind at most', () => {
    const target = packager('keep');
    const simulation = new Simulation(target);
    playSteadily(simulation, 0, 450);
    const hole = Math.round((MAX_KEPT_LATE_MS + 20_000) / FRAME_DURATION_MS);
    simulation.arrive(framesFrom(450, 450 + hole), arrivalOf(450 + hole));
    expect(target.droppedFrames).toBeGreaterThan(500);
    playSteadily(simulation, 450 + hole, 1000 + hole);
    expect(simulation.published.at(-1)?.lateMs).toBeLessThan(MAX_KEPT_LATE_MS + 700);
  });

  it('opens where the audio was captured when only the encoder took its time to start', () => {
    const target = packager();
    const simulation = new Simulation(target);
    simulation.runUntil(T0 + 150);
    target.setChunkMs(60);
    simulation.runUntil(T0 + 2600);
    expect(simulation.published).toEqual([]);
    simulation.arrive(framesFrom(0, 116), T0 + 2600);
    playSteadily(simulation, 122, 300);
    const first = simulation.published.find(({ part }) => part.fillerFrames === 0)?.part;
    expect(first?.programDateTime).toBeCloseTo(T0, 3);
    expect(target.droppedFrames).toBe(0);
  });

  it('opens with filler after all when the encoder never gives anything', () => {
    const simulation = new Simulation(packager());
    simulation.runUntil(T0 + 8100);
    expect(simulation.published.length).toBeGreaterThanOrEqual(30);
  });

  // In a process of its own: jest makes four million frames many times slower.
  it.each([200, -200])(
    'has the same latency after 24 hours with a clock that is %d ppm off',
    async (ppm) => {
      const program = fileURLToPath(new URL('test/drift-run.js', import.meta.url));
      const { stdout, stderr, code } = await runProgram(process.execPath, [program, String(ppm), '24']);
      if (code !== 0) throw new Error(stderr);
      const findings = JSON.parse(String(stdout)) as DriftFindings;
      expect(findings.frames).toBeGreaterThan(4_000_000);
      expect(findings).toMatchObject({ publishedFrames: findings.frames, droppedFrames: 0 });
      expect(findings.latencySpreadMs).toBeLessThan(0.01);
      expect(findings.worstDateMs).toBeLessThan(2);
    },
    120_000,
  );
});
