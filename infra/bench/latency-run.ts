import type { ClickMatch } from '../e2e/clicks.ts';
import type { HoldUp } from '../e2e/hold-ups.ts';
import type { Stall } from '../e2e/page-probe.ts';
import type { Stages } from './latency-stages.ts';

/** Players that are compared: ours, and hls.js with its own settings. */
export const ENGINES = ['hlsjs', 'hlsjs-default'] as const;

/** What one player did in the measured time. */
export type PlayerRun = {
  engine: (typeof ENGINES)[number];
  match: ClickMatch;
  latenciesMs: number[];
  stalls: Stall[];
  /** Holes in the sound, in ms. */
  gapsMs: number[];
  stages: Stages;
  /** Clicks whose whole way was seen. */
  staged: number;
};

/** Both players on one broadcast. */
export type LatencyRun = {
  partTargetMs: number;
  measuredMs: number;
  /** How much the machine was busy with other things meanwhile. */
  holdUp: HoldUp;
  players: PlayerRun[];
  /** Programme date-time of each click minus when it was said. */
  dateErrorsMs: number[];
};
