import type { LevelReading } from './level-window.ts';
import { toDb } from './meter-scale.ts';

/** What is wrong with the sound; the first of these that holds is told. */
export type SignalAlarm = 'silence_alarm' | 'silence_warn' | 'no_signal' | 'clipping';

/** Below this peak there is no signal; below that one it is silence to a listener. dBFS. */
const NO_SIGNAL_DB = -60;
const SILENCE_DB = -50;

/** For how long, in ms. */
const NO_SIGNAL_MS = 5000;
const SILENCE_WARN_MS = 15_000;
const SILENCE_ALARM_MS = 60_000;

/** More than this many clips within the window are distortion. */
const CLIPS_ALLOWED = 3;
const CLIP_WINDOW_MS = 10_000;

/** Watches the readings of a microphone for what a host does not notice while talking. */
export class SignalWatch {
  #startedAt: number | undefined;
  #signalAt: number | undefined;
  #soundAt: number | undefined;
  #clips: { at: number; count: number }[] = [];

  /** Takes a reading. `now` in ms on any steady clock. */
  take(reading: LevelReading, now: number): void {
    this.#startedAt ??= now;
    const peakDb = toDb(Math.max(0, ...reading.peaks));
    if (peakDb >= NO_SIGNAL_DB) this.#signalAt = now;
    if (peakDb >= SILENCE_DB) this.#soundAt = now;
    if (reading.clips > 0) this.#clips.push({ at: now, count: reading.clips });
    this.#clips = this.#clips.filter((clip) => now - clip.at < CLIP_WINDOW_MS);
  }

  /** Another microphone begins. */
  reset(): void {
    this.#startedAt = undefined;
    this.#signalAt = undefined;
    this.#soundAt = undefined;
    this.#clips = [];
  }

  /** Whether the microphone gave a signal within the last `ms`. */
  hasSignal(now: number, ms = SILENCE_WARN_MS): boolean {
    return this.#signalAt !== undefined && now - this.#signalAt < ms;
  }

  /** The alarm that holds now. Silence counts while on air only. */
  alarm(now: number, isOnAir: boolean): SignalAlarm | undefined {
    if (this.#startedAt === undefined) return undefined;
    const silentMs = now - (this.#soundAt ?? this.#startedAt);
    if (isOnAir && silentMs >= SILENCE_ALARM_MS) return 'silence_alarm';
    if (isOnAir && silentMs >= SILENCE_WARN_MS) return 'silence_warn';
    if (now - (this.#signalAt ?? this.#startedAt) >= NO_SIGNAL_MS) return 'no_signal';
    const clips = this.#clips.reduce((sum, clip) => sum + clip.count, 0);
    return clips > CLIPS_ALLOWED ? 'clipping' : undefined;
  }
}
