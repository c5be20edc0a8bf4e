import type { BenchReport } from './report.ts';

/** What the command line may ask of a benchmark; each uses what concerns it. */
export type BenchOptions = {
  /** Clicks that are to be heard in each run. */
  clicks: number;
  /** Part lengths in ms, a run for each. */
  partTargetsMs: readonly number[];
  /** How often a station goes on air. */
  starts: number;
  /** Broadcasts at the same time. */
  streams: number;
  /** How often each side is measured. */
  rounds: number;
  /** Length of one measured period, in seconds. */
  periodS: number;
  /** Length of a long run that shows growth, in minutes; none when 0. */
  minutes: number;
  /** Listeners of an origin at the same time, a run for each. */
  listeners: readonly number[];
  /** What of an origin is measured. */
  scenes: readonly string[];
  /** Told what is going on. */
  progress: (line: string) => void;
};

/** A benchmark that `npm run bench` knows. */
export type Bench = {
  name: string;
  /** What it measures, in one line. */
  summary: string;
  run(options: BenchOptions): Promise<BenchReport>;
};
