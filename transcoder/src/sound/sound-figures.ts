import type { AlarmState } from '@awaz/infra/alarms';
import type { AlarmName } from '@awaz/infra/contract';

/** What is told of a broadcast's sound each second; see `StreamQuality`. */
export type SoundFigures = {
  levelDbfs: number | null;
  rmsDbfs: number | null;
  clipped: number;
  silentMs: number;
  momentaryLufs: number | null;
  shortTermLufs: number | null;
  integratedLufs: number | null;
  /** Alarms that are on. */
  alarms: Partial<Record<AlarmName, AlarmState>>;
};
