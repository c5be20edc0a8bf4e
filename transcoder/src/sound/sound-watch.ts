import type { AlarmState } from '@awaz/infra/alarms';
import type { AlarmName, Milliseconds } from '@awaz/infra/contract';
import type { SoundReading } from './sound-meter.ts';

/** Below this peak it is silence to a listener, in dBFS. */
const SILENCE_DBFS = -50;

/** After how long silence is worth a warning and an alarm, in ms. */
export type SilenceTimes = { warnMs: Milliseconds; alarmMs: Milliseconds };

const SILENCE_TIMES: SilenceTimes = { warnMs: 15_000, alarmMs: 60_000 };

/** Silence shorter than this is not even noted for a worker that may take over, in ms. */
const SILENCE_NOTED_MS: Milliseconds = 5000;

/** Readings with sound in a row that end an alarm of silence: a click is not enough. */
const READINGS_OF_SOUND = 2;

/** More clips than this within the last readings are distortion; it is over when there was none in as many. */
const CLIPS_ALLOWED = 3;
const CLIP_READINGS = 10;

/** Short-term loudness below this is too quiet, above that one it is not any more, in LUFS. */
const TOO_QUIET_LUFS = -38;
const LOUD_ENOUGH_LUFS = -35;

/** Readings with sound that make it so. */
const QUIET_READINGS = 10;
const LOUD_READINGS = 3;

/** Where a watch begins. */
export type SoundWatchStart = {
  /** The alarms as they stand; none when left out. */
  before?: ReadonlyMap<AlarmName, AlarmState>;
  /** Whether another worker had the broadcast before. */
  resumes?: boolean;
  /** Instead of after 15 s and 60 s. */
  silenceTimes?: SilenceTimes | undefined;
};

/** Alarms that are told by the sound alone. */
export type SoundAlarm = Extract<AlarmName, 'silence_on_air' | 'clipping' | 'too_quiet'>;

const OFF: AlarmState = { level: 'off', since: 0 };

/**
 * Watches the readings of a broadcast, one each second, for what its host may not notice. Pure: time comes in. Goes on from
 * the alarms that a worker before it left.
 */
export class SoundWatch {
  readonly #states: Record<SoundAlarm, AlarmState>;
  readonly #silenceTimes: SilenceTimes;
  /** Since when nothing was heard. */
  #quietSince: Milliseconds | undefined;
  #soundInARow = 0;
  #clips: number[] = [];
  #cleanReadings = 0;
  #quietReadings = 0;
  #loudReadings = 0;
  #begun: boolean;
  #silentMs: Milliseconds = 0;

  constructor({ before = new Map(), resumes = false, silenceTimes = SILENCE_TIMES }: SoundWatchStart = {}) {
    this.#silenceTimes = silenceTimes;
    const stateOf = (alarm: SoundAlarm) => before.get(alarm) ?? OFF;
    this.#states = {
      silence_on_air: stateOf('silence_on_air'),
      clipping: stateOf('clipping'),
      too_quiet: stateOf('too_quiet'),
    };
    this.#begun = resumes;
    const { since } = this.#states.silence_on_air;
    this.#quietSince = since > 0 ? since : undefined;
  }

  /** The alarms as they stand. */
  get states(): Readonly<Record<SoundAlarm, AlarmState>> {
    return this.#states;
  }

  /** For how long nothing was heard, at the last reading. */
  get silentMs(): Milliseconds {
    return this.#silentMs;
  }

  /** Clips within the last 10 readings. */
  get clipped(): number {
    return this.#clips.reduce((sum, clips) => sum + clips, 0);
  }

  /** Takes the reading of the last second. Silence begins to count with the first sample of the broadcast. */
  take(reading: SoundReading, now: Milliseconds): void {
    this.#begun ||= reading.samples > 0;
    if (!this.#begun) return;
    const hasSound = reading.peakDbfs !== null && reading.peakDbfs >= SILENCE_DBFS;
    this.#watchSilence(hasSound, now);
    this.#watchClips(reading.clips, now);
    if (hasSound) this.#watchLoudness(reading.shortTermLufs, now);
  }

  #watchSilence(hasSound: boolean, now: Milliseconds): void {
    this.#soundInARow = hasSound ? this.#soundInARow + 1 : 0;
    const wasTold = this.#states.silence_on_air.level !== 'off';
    if (hasSound && (!wasTold || this.#soundInARow >= READINGS_OF_SOUND)) this.#endSilence();
    else this.#goOnInSilence(now);
  }

  #goOnInSilence(now: Milliseconds): void {
    this.#quietSince ??= now;
    this.#silentMs = now - this.#quietSince;
    const level = this.#silenceLevel();
    if (level !== 'off' || this.#silentMs >= SILENCE_NOTED_MS)
      this.#states.silence_on_air = { level, since: this.#quietSince };
    if (level !== 'off') this.#set('too_quiet', 'off', now);
  }

  #silenceLevel(): AlarmState['level'] {
    const { warnMs, alarmMs } = this.#silenceTimes;
    if (this.#silentMs >= alarmMs) return 'alarm';
    return this.#silentMs >= warnMs ? 'warn' : 'off';
  }

  #endSilence(): void {
    const { level, since } = this.#states.silence_on_air;
    this.#states.silence_on_air = level === 'off' ? OFF : { level: 'off', since };
    this.#quietSince = undefined;
    this.#silentMs = 0;
  }

  #watchClips(clips: number, now: Milliseconds): void {
    this.#clips.push(clips);
    if (this.#clips.length > CLIP_READINGS) this.#clips.shift();
    this.#cleanReadings = clips > 0 ? 0 : this.#cleanReadings + 1;
    if (this.clipped > CLIPS_ALLOWED) this.#set('clipping', 'warn', now);
    else if (this.#cleanReadings >= CLIP_READINGS) this.#set('clipping', 'off', now);
  }

  #watchLoudness(lufs: number | null, now: Milliseconds): void {
    if (lufs === null) return;
    this.#quietReadings = lufs < TOO_QUIET_LUFS ? this.#quietReadings + 1 : 0;
    this.#loudReadings = lufs > LOUD_ENOUGH_LUFS ? this.#loudReadings + 1 : 0;
    if (this.#quietReadings >= QUIET_READINGS) this.#set('too_quiet', 'warn', now);
    else if (this.#loudReadings >= LOUD_READINGS) this.#set('too_quiet', 'off', now);
  }

  #set(alarm: SoundAlarm, level: 'off' | 'warn', now: Milliseconds): void {
    const before = this.#states[alarm];
    if (before.level === level) return;
    this.#states[alarm] = { level, since: level === 'off' ? before.since : now };
    if (alarm === 'too_quiet') this.#quietReadings = 0;
  }
}
