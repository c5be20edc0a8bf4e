import type { AlarmState } from '@awaz/infra/alarms';
import type { AlarmName, IngestQuality } from '@awaz/infra/contract';

/** What the encoder's worker measures of the sound. */
export type SoundFigures = Pick<
  IngestQuality,
  'levelDbfs' | 'rmsDbfs' | 'clipped' | 'silentMs' | 'momentaryLufs' | 'shortTermLufs' | 'integratedLufs'
>;

/** Nothing is measured. */
export const UNMEASURED: SoundFigures = {
  ...{ levelDbfs: null, rmsDbfs: null, clipped: null, silentMs: null },
  ...{ momentaryLufs: null, shortTermLufs: null, integratedLufs: null },
};

/** What the worker told of the sound; alarms are undefined when it told nothing lately. */
export function soundHeard(told: unknown): {
  figures: SoundFigures;
  alarms: Partial<Record<AlarmName, AlarmState>> | undefined;
} {
  const sound = (told as { sound?: Record<string, unknown> } | undefined)?.sound;
  if (sound === undefined) return { figures: UNMEASURED, alarms: undefined };
  const fields = Object.keys(UNMEASURED).map((name) => [name, typeof sound[name] === 'number' ? sound[name] : null]);
  const alarms = (sound.alarms ?? {}) as Partial<Record<AlarmName, AlarmState>>;
  return { figures: Object.fromEntries(fields) as SoundFigures, alarms };
}
