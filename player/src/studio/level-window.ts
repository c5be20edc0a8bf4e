/** Loudness of a stretch of sound, per channel, 0 to 1 (full scale). */
export type LevelReading = {
  /** Largest absolute sample. */
  peaks: number[];
  /** Root of the mean square. */
  rms: number[];
  /** Runs of at least {@link CLIP_RUN} samples at the limit. */
  clips: number;
};

/** Samples in a row at the limit that sound distorted. */
export const CLIP_RUN = 3;

/** From here on a sample counts as at the limit. */
const CLIP_LEVEL = 0.99;

/** Most channels that are measured. */
const MAX_CHANNELS = 2;

/**
 * Gathers samples into readings of equal length. Runs on the audio thread: `add` allocates nothing but the reading it
 * hands out.
 */
export class LevelWindow {
  readonly #windowSamples: number;
  readonly #peaks = new Float32Array(MAX_CHANNELS);
  readonly #squares = new Float64Array(MAX_CHANNELS);
  readonly #runs = new Uint32Array(MAX_CHANNELS);
  #channels = 0;
  #samples = 0;
  #clips = 0;

  /** `windowSamples`: samples per channel in one reading. */
  constructor(windowSamples: number) {
    this.#windowSamples = windowSamples;
  }

  /** Takes the next samples, one array per channel; hands out a reading when a window is full. */
  add(channels: readonly Float32Array[]): LevelReading | undefined {
    const count = Math.min(channels.length, MAX_CHANNELS);
    if (count === 0) return undefined;
    this.#channels = Math.max(this.#channels, count);
    for (let channel = 0; channel < count; channel++) this.#addChannel(channel, channels[channel] as Float32Array);
    this.#samples += channels[0]?.length ?? 0;
    return this.#samples < this.#windowSamples ? undefined : this.#take();
  }

  #addChannel(channel: number, samples: Float32Array): void {
    let peak = this.#peaks[channel] as number;
    let squares = this.#squares[channel] as number;
    let run = this.#runs[channel] as number;
    for (let index = 0; index < samples.length; index++) {
      const value = Math.abs(samples[index] as number);
      if (value > peak) peak = value;
      squares += value * value;
      run = value >= CLIP_LEVEL ? run + 1 : 0;
      if (run === CLIP_RUN) this.#clips++;
    }
    this.#peaks[channel] = peak;
    this.#squares[channel] = squares;
    this.#runs[channel] = run;
  }

  #take(): LevelReading {
    const channels = [...this.#peaks.keys()].slice(0, this.#channels);
    const reading = {
      peaks: channels.map((channel) => this.#peaks[channel] as number),
      rms: channels.map((channel) => Math.sqrt((this.#squares[channel] as number) / this.#samples)),
      clips: this.#clips,
    };
    this.#peaks.fill(0);
    this.#squares.fill(0);
    this.#channels = 0;
    this.#samples = 0;
    this.#clips = 0;
    return reading;
  }
}
