import { ChannelMeter } from './channel-meter.ts';
import { LOUDNESS_STEP_MS, type Loudness, LoudnessGate } from './loudness-gate.ts';

/** Values of both channels in one step of loudness at 48 kHz. */
const STEP_VALUES = (48_000 * 2 * LOUDNESS_STEP_MS) / 1000;

/** Full scale of a 16-bit sample, squared. */
const FULL_SCALE_POWER = 32_768 ** 2;

/** What digital silence, and everything below, is told as, in dBFS. */
export const LEAST_DBFS = -100;

/** What is measured of the sound since the last reading; levels are null when there was none. */
export type SoundReading = Loudness & {
  /** Samples per channel since the last reading. */
  samples: number;
  /** Largest sample of both channels, in dBFS; {@link LEAST_DBFS} or more. */
  peakDbfs: number | null;
  /** Root mean square of both channels, in dBFS; a full-scale sine has -3.01. */
  rmsDbfs: number | null;
  /** Runs of three or more samples at full scale. */
  clips: number;
};

/**
 * Measures interleaved 16-bit stereo at 48 kHz, little endian, that comes in pieces of any length. Levels and clips are
 * of the time since the last reading, loudness goes on over all of it.
 */
export class SoundMeter {
  readonly #left = new ChannelMeter();
  readonly #right = new ChannelMeter();
  readonly #gate = new LoudnessGate();
  #rest: Buffer = Buffer.alloc(0);
  #stepValues = 0;
  #samples = 0;
  #squares = 0;
  #peak = 0;
  #clips = 0;

  /** Takes the next bytes. */
  add(bytes: Buffer): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const whole = all.length - (all.length % 4);
    this.#rest = Buffer.from(all.subarray(whole));
    const samples = samplesOf(all, whole / 2);
    for (let at = 0; at < samples.length; ) {
      const to = Math.min(samples.length, at + STEP_VALUES - this.#stepValues);
      this.#left.add(samples, at, to);
      this.#right.add(samples, at + 1, to);
      this.#stepValues += to - at;
      if (this.#stepValues === STEP_VALUES) this.#endStep();
      at = to;
    }
    this.#samples += samples.length / 2;
  }

  /** What was measured; begins the next reading. */
  read(): SoundReading {
    this.#gather();
    const samples = this.#samples;
    const power = this.#squares / FULL_SCALE_POWER / (2 * samples);
    const reading = {
      ...this.#gate.read(),
      samples,
      peakDbfs: samples === 0 ? null : dbfsOf(this.#peak ** 2 / FULL_SCALE_POWER),
      rmsDbfs: samples === 0 ? null : dbfsOf(power),
      clips: this.#clips,
    };
    this.#samples = 0;
    this.#squares = 0;
    this.#peak = 0;
    this.#clips = 0;
    return reading;
  }

  #endStep(): void {
    let power = 0;
    for (const channel of [this.#left, this.#right]) {
      power += channel.weightedSquares / FULL_SCALE_POWER / (STEP_VALUES / 2);
      channel.weightedSquares = 0;
    }
    this.#gate.add(power);
    this.#stepValues = 0;
  }

  #gather(): void {
    for (const channel of [this.#left, this.#right]) {
      this.#peak = Math.max(this.#peak, channel.peak);
      this.#squares += channel.squares;
      this.#clips += channel.clips;
      channel.peak = 0;
      channel.squares = 0;
      channel.clips = 0;
    }
  }
}

/** 16-bit samples of a buffer; copied only where it begins at an odd address. */
function samplesOf(bytes: Buffer, count: number): Int16Array {
  if (bytes.byteOffset % 2 === 0) return new Int16Array(bytes.buffer, bytes.byteOffset, count);
  return new Int16Array(new Uint8Array(bytes.subarray(0, count * 2)).buffer);
}

function dbfsOf(power: number): number {
  return Math.max(LEAST_DBFS, 10 * Math.log10(power));
}
