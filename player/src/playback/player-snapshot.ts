import type { EngineName } from './engine-choice.ts';
import type { PlaybackState } from './playback-state.ts';

/** All that pages, tests and benchmarks may know of a player at one moment. */
export type PlayerSnapshot = {
  state: PlaybackState['kind'];
  engine: EngineName;
  onAir: boolean | null;
  broadcastId: string | null;
  /** Counts this page once, over reloads and engines. */
  session: string;
  /** Age of what is heard now, in ms, on this computer's clock; null while unknown. */
  latencyMs: number | null;
  behindSeconds: number | null;
  bufferMs: number;
  targetMs: number | null;
  rate: number;
  kbps: number | null;
  stalls: number;
  stalledMs: number;
};
