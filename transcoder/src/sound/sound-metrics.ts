import { Counter, Gauge, type Registry } from '@awaz/infra/runtime';
import type { SoundFigures } from './sound-figures.ts';

/** Figures of the sound of the stations that this worker has; one set for each worker. */
export class SoundMetrics {
  readonly #peak: Gauge<'station'>;
  readonly #rms: Gauge<'station'>;
  readonly #loudness: Gauge<'station' | 'window'>;
  readonly #silence: Gauge<'station'>;
  readonly #clips: Counter<'station'>;
  readonly #alarms: Counter<'alarm' | 'level'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const ofStation = { labelNames: ['station'] as const, registers };
    const window = ['station', 'window'] as const;
    this.#peak = new Gauge({ name: 'awaz_sound_peak_dbfs', help: 'Largest sample of the last second', ...ofStation });
    this.#rms = new Gauge({ name: 'awaz_sound_rms_dbfs', help: 'Root mean square of the last second', ...ofStation });
    this.#loudness = new Gauge({
      ...{ name: 'awaz_sound_loudness_lufs', labelNames: window, registers },
      help: 'Loudness (EBU R 128): momentary, short_term, integrated',
    });
    this.#silence = new Gauge({
      ...{ name: 'awaz_sound_silence_seconds', ...ofStation },
      help: 'For how long nothing was above -50 dBFS',
    });
    this.#clips = new Counter({
      ...{ name: 'awaz_sound_clips_total', ...ofStation },
      help: 'Runs of three or more samples at full scale',
    });
    this.#alarms = new Counter({
      ...{ name: 'awaz_stream_alarms_total', labelNames: ['alarm', 'level'] as const, registers },
      help: 'Changes of alarms that this process was the first to tell',
    });
  }

  /** Takes the figures of a station; what is not known has no figure. `clips`: since the last figures. */
  tell(station: string, figures: SoundFigures, clips: number): void {
    setOrRemove(this.#peak, { station }, figures.levelDbfs);
    setOrRemove(this.#rms, { station }, figures.rmsDbfs);
    setOrRemove(this.#loudness, { station, window: 'momentary' }, figures.momentaryLufs);
    setOrRemove(this.#loudness, { station, window: 'short_term' }, figures.shortTermLufs);
    setOrRemove(this.#loudness, { station, window: 'integrated' }, figures.integratedLufs);
    this.#silence.set({ station }, figures.silentMs / 1000);
    this.#clips.inc({ station }, clips);
  }

  /** Counts a change of an alarm that was told. */
  alarm(alarm: string, level: string): void {
    this.#alarms.inc({ alarm, level });
  }

  /** Forgets a station that this worker does not have any more. */
  forget(station: string): void {
    for (const figure of [this.#peak, this.#rms, this.#silence, this.#clips]) figure.remove({ station });
    for (const window of ['momentary', 'short_term', 'integrated']) this.#loudness.remove({ station, window });
  }
}

function setOrRemove<Label extends string>(
  gauge: Gauge<Label>,
  labels: Record<Label, string>,
  value: number | null,
): void {
  if (value === null) gauge.remove(labels);
  else gauge.set(labels, value);
}
