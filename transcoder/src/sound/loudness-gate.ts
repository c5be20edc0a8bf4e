/** How often a block of 400 ms ends, in ms: blocks overlap by 75 % (ITU-R BS.1770-4, 5.1). */
export const LOUDNESS_STEP_MS = 100;

/** Steps of momentary (400 ms) and short-term (3 s) loudness (EBU Tech 3341). */
const MOMENTARY_STEPS = 4;
const SHORT_TERM_STEPS = 30;

/** Blocks below this never count for the integrated loudness, in LUFS; nothing is told below it. */
export const LEAST_LUFS = -70;

/** Blocks that far below the mean of the others do not count either, in LU. */
const RELATIVE_GATE_LU = -10;

/** Bins of the blocks that count, from {@link LEAST_LUFS} to +10 LUFS; the gate falls on the edge of one. */
const BINS_PER_LU = 20;
const BINS = 80 * BINS_PER_LU;

/** Loudness in LUFS; `null` where there is not enough sound yet, {@link LEAST_LUFS} for what is as quiet or quieter. */
export type Loudness = {
  /** Of the last 400 ms. */
  momentaryLufs: number | null;
  /** Of the last 3 s. */
  shortTermLufs: number | null;
  /** Of everything so far but pauses. */
  integratedLufs: number | null;
};

/** Loudness of K-weighted sound (ITU-R BS.1770-4, EBU R 128). Memory is bounded, however long a show lasts. */
export class LoudnessGate {
  readonly #steps: number[] = [];
  readonly #counts = new Float64Array(BINS);
  readonly #powers = new Float64Array(BINS);

  /** Takes a step of {@link LOUDNESS_STEP_MS}; `power`: mean squares of the channels added up, full scale being 1. */
  add(power: number): void {
    this.#steps.push(power);
    if (this.#steps.length > SHORT_TERM_STEPS) this.#steps.shift();
    const block = this.#meanOf(MOMENTARY_STEPS);
    if (block === null || lufsOf(block) <= LEAST_LUFS) return;
    const bin = Math.min(BINS - 1, Math.floor((lufsOf(block) - LEAST_LUFS) * BINS_PER_LU));
    this.#counts[bin] = (this.#counts[bin] ?? 0) + 1;
    this.#powers[bin] = (this.#powers[bin] ?? 0) + block;
  }

  /** The loudness now. */
  read(): Loudness {
    const told = (power: number | null) => (power === null ? null : Math.max(LEAST_LUFS, lufsOf(power)));
    return {
      momentaryLufs: told(this.#meanOf(MOMENTARY_STEPS)),
      shortTermLufs: told(this.#meanOf(SHORT_TERM_STEPS)),
      integratedLufs: told(this.#integrated()),
    };
  }

  #meanOf(steps: number): number | null {
    if (this.#steps.length < steps) return null;
    let sum = 0;
    for (let at = this.#steps.length - steps; at < this.#steps.length; at++) sum += this.#steps[at] ?? 0;
    return sum / steps;
  }

  #integrated(): number | null {
    const ungated = this.#meanFrom(0);
    if (ungated === null) return null;
    const gate = lufsOf(ungated) + RELATIVE_GATE_LU;
    return this.#meanFrom(Math.max(0, Math.ceil((gate - LEAST_LUFS) * BINS_PER_LU)));
  }

  #meanFrom(firstBin: number): number | null {
    let count = 0;
    let power = 0;
    for (let bin = firstBin; bin < BINS; bin++) {
      count += this.#counts[bin] ?? 0;
      power += this.#powers[bin] ?? 0;
    }
    return count === 0 ? null : power / count;
  }
}

/** ITU-R BS.1770-4, equation 2; both channels of stereo weigh 1. */
function lufsOf(power: number): number {
  return -0.691 + 10 * Math.log10(power);
}
