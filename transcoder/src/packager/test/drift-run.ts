import { FRAME_DURATION_MS } from '@awaz/infra/contract';
import { Packager } from '../packager.ts';
import { FILLER, PIPELINE_MS, Simulation, simulatedFrame, T0 } from './simulated-source.ts';

/** What came of a day with a clock that is off. */
export type DriftFindings = {
  frames: number;
  publishedFrames: number;
  droppedFrames: number;
  /** Greatest difference between the latencies of any two parts, in ms. */
  latencySpreadMs: number;
  /** Greatest distance of a part's programme date-time from its capture, in ms. */
  worstDateMs: number;
};

/** Few parts: it is the frames that count. */
const CUT = { framesPerPart: 90, framesPerSegment: 90 };

function run(ppm: number, hours: number): DriftFindings {
  const target = new Packager({ cut: CUT, renditions: 1, fillerFrame: FILLER, now: T0 });
  target.setChunkMs(60);
  const simulation = new Simulation(target);
  const frameMs = FRAME_DURATION_MS * (1 + ppm / 1e6);
  const frames = Math.floor((hours * 3_600_000) / frameMs / CUT.framesPerPart) * CUT.framesPerPart;
  const batch = Array.from({ length: CUT.framesPerPart }, (_, i) => simulatedFrame(i, { startsRun: false }));
  const findings = { frames, publishedFrames: 0, worstDateMs: 0 };
  const latency = { least: Number.POSITIVE_INFINITY, most: 0 };
  for (let from = 0; from < frames; from += CUT.framesPerPart) {
    for (const [i, frame] of batch.entries()) frame.capturedAt = T0 + (from + i) * frameMs;
    const capturedUntil = T0 + (from + CUT.framesPerPart) * frameMs;
    simulation.arrive(batch, capturedUntil + PIPELINE_MS);
    for (const { part, publishedAt } of simulation.published.splice(0)) {
      if (part.fillerFrames > 0) continue;
      findings.publishedFrames += part.frames;
      latency.least = Math.min(latency.least, publishedAt - capturedUntil);
      latency.most = Math.max(latency.most, publishedAt - capturedUntil);
      findings.worstDateMs = Math.max(findings.worstDateMs, Math.abs(part.programDateTime - (T0 + from * frameMs)));
    }
  }
  return { ...findings, droppedFrames: target.droppedFrames, latencySpreadMs: latency.most - latency.least };
}

const [ppm, hours] = process.argv.slice(2).map(Number);
process.stdout.write(JSON.stringify(run(ppm ?? 0, hours ?? 0)));
