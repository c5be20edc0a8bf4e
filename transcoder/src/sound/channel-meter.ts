/** Samples in a row at the limit that sound distorted. */
const CLIP_RUN = 3;

/** From here on a sample counts as at the limit: 0.99 of full scale in 16 bits. */
const CLIP_LEVEL = Math.ceil(0.99 * 32_767);

/**
 * The two filters of K-weighting for 48 kHz (ITU-R BS.1770-4, tables 1 and 2): a shelf for the head, a high-pass. The
 * high-pass has the numerator 1, -2, 1.
 */
const SHELF = {
  b: [1.53512485958697, -2.69169618940638, 1.19839281085285],
  a: [-1.69065929318241, 0.73248077421585],
} as const;
const HIGH_PASS = { a: [-1.99004745483398, 0.99007225036621] } as const;

/** One channel of interleaved 16-bit stereo at 48 kHz. Sums are in squares of 16-bit samples; take and clear them. */
export class ChannelMeter {
  /** Largest absolute sample. */
  peak = 0;
  /** Sum of the squares. */
  squares = 0;
  /** Sum of the squares after K-weighting. */
  weightedSquares = 0;
  /** Runs of three or more samples at the limit. */
  clips = 0;
  #run = 0;
  #shelf1 = 0;
  #shelf2 = 0;
  #pass1 = 0;
  #pass2 = 0;

  /**
   * Takes the samples at `from`, `from` + 2, … before `to`. One loop with everything in local variables: this runs for
   * each sample of each live station.
   */
  add(samples: Int16Array, from: number, to: number): void {
    const [b0, b1, b2] = SHELF.b;
    const [a1, a2] = SHELF.a;
    const [p1, p2] = HIGH_PASS.a;
    let { peak, squares, weightedSquares } = this;
    let run = this.#run;
    let [shelf1, shelf2, pass1, pass2] = [this.#shelf1, this.#shelf2, this.#pass1, this.#pass2];
    for (let at = from; at < to; at += 2) {
      const sample = samples[at] as number;
      const size = sample < 0 ? -sample : sample;
      if (size > peak) peak = size;
      squares += sample * sample;
      run = size < CLIP_LEVEL ? 0 : run + 1;
      if (run === CLIP_RUN) this.clips++;
      // Transposed direct form II, twice.
      const shelved = b0 * sample + shelf1;
      shelf1 = b1 * sample - a1 * shelved + shelf2;
      shelf2 = b2 * sample - a2 * shelved;
      const weighted = shelved + pass1;
      pass1 = -2 * shelved - p1 * weighted + pass2;
      pass2 = shelved - p2 * weighted;
      weightedSquares += weighted * weighted;
    }
    Object.assign(this, { peak, squares, weightedSquares });
    this.#run = run;
    [this.#shelf1, this.#shelf2, this.#pass1, this.#pass2] = [shelf1, shelf2, pass1, pass2];
  }
}
