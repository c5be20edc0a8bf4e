import { AlarmBoard, type AlarmGuard, type AlarmState } from '@awaz/infra/alarms';
import type { AlarmName, Milliseconds } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';
import type { Logger } from '@awaz/infra/runtime';
import type { SoundFigures } from './sound-figures.ts';
import { SoundMeter } from './sound-meter.ts';
import type { SoundMetrics } from './sound-metrics.ts';
import { type SilenceTimes, type SoundAlarm, SoundWatch } from './sound-watch.ts';

/** What a monitor needs. */
export type SoundMonitorOptions = {
  handle: RedisHandle;
  broadcast: { station: string; broadcastId: string };
  /** Holds while this worker owns the broadcast. */
  guard: AlarmGuard;
  metrics: SoundMetrics;
  silenceTimes?: SilenceTimes | undefined;
  logger: Logger;
};

/**
 * Measures the sound of one broadcast, watches it, and keeps its alarms. Alarms that could not be kept, because Redis was
 * away, are kept with the next report. `close` forgets its figures; it may be called again.
 */
export class SoundMonitor {
  readonly #options: SoundMonitorOptions;
  readonly #board: AlarmBoard;
  readonly #meter = new SoundMeter();
  readonly #watch: SoundWatch;
  readonly #kept: Map<AlarmName, AlarmState>;
  #keeping = false;
  #closed = false;

  private constructor(
    options: SoundMonitorOptions,
    board: AlarmBoard,
    watch: { before: Map<AlarmName, AlarmState>; resumes: boolean },
  ) {
    this.#options = options;
    this.#board = board;
    this.#kept = watch.before;
    this.#watch = new SoundWatch({ ...watch, silenceTimes: options.silenceTimes });
  }

  /** Goes on from the alarms of a worker that had the broadcast before. Rejects when Redis does not answer. */
  static async begin(options: SoundMonitorOptions, resumes: boolean): Promise<SoundMonitor> {
    const board = new AlarmBoard(options.handle);
    return new SoundMonitor(options, board, { before: await board.read(options.broadcast), resumes });
  }

  /** Takes sound as it came in: interleaved 16-bit stereo at 48 kHz, little endian. */
  take(pcm: Buffer): void {
    this.#meter.add(pcm);
  }

  /** What is known now; to be asked about once a second. Alarms that changed are kept meanwhile. */
  report(now: Milliseconds): SoundFigures {
    const reading = this.#meter.read();
    this.#watch.take(reading, now);
    this.#keepAlarms().catch((error: unknown) =>
      this.#options.logger.debug({ err: error }, 'alarms could not be kept; it is tried again'),
    );
    const hears = reading.samples > 0;
    const alarms = Object.entries(this.#watch.states).filter(([, { level }]) => level !== 'off');
    const figures = {
      levelDbfs: tenths(reading.peakDbfs),
      rmsDbfs: tenths(reading.rmsDbfs),
      clipped: this.#watch.clipped,
      silentMs: Math.round(this.#watch.silentMs),
      momentaryLufs: hears ? tenths(reading.momentaryLufs) : null,
      shortTermLufs: hears ? tenths(reading.shortTermLufs) : null,
      integratedLufs: tenths(reading.integratedLufs),
      alarms: Object.fromEntries(alarms),
    };
    if (!this.#closed) this.#options.metrics.tell(this.#options.broadcast.station, figures, reading.clips);
    return figures;
  }

  /** Keeps no alarm any more. */
  close(): void {
    this.#closed = true;
    this.#options.metrics.forget(this.#options.broadcast.station);
  }

  async #keepAlarms(): Promise<void> {
    if (this.#keeping) return;
    this.#keeping = true;
    try {
      for (const [name, state] of Object.entries(this.#watch.states) as [SoundAlarm, AlarmState][]) {
        if (!this.#closed) await this.#keep(name, state);
      }
    } finally {
      this.#keeping = false;
    }
  }

  async #keep(alarm: SoundAlarm, state: AlarmState): Promise<void> {
    const kept = this.#kept.get(alarm) ?? { level: 'off', since: 0 };
    if (kept.level === state.level && kept.since === state.since) return;
    const { broadcast, guard, metrics, logger } = this.#options;
    const outcome = await this.#board.set(broadcast, guard, { alarm, ...state });
    if (outcome === 'refused') return;
    this.#kept.set(alarm, state);
    if (outcome === 'known') return;
    metrics.alarm(alarm, state.level);
    logger.info({ alarm, level: state.level, since: state.since }, 'an alarm of the sound changed');
  }
}

function tenths(value: number | null): number | null {
  return value === null ? null : Math.round(value * 10) / 10;
}
