/** The earliest arrival of the last one to two of these spans is believed, in ms. */
const WINDOW_MS = 10_000;

/** Sound that comes so much later than a count of samples says was not captured meanwhile, in ms. */
const PAUSE_MS = 400;

/**
 * Tells when sound was captured from the count of its samples: what is late by a busy machine keeps its time, because
 * the earliest arrival of the last ten to twenty seconds is the one that is believed. Both clocks may drift apart.
 */
export class AudioClock {
  readonly #pauseMs: number;
  #window: { from: number; least: number; leastBefore: number } | undefined;

  /** `countsPauses`: the audio clock goes on while no sound is captured, so that lateness is only lateness. */
  constructor({ countsPauses }: { countsPauses: boolean }) {
    this.#pauseMs = countsPauses ? Number.POSITIVE_INFINITY : PAUSE_MS;
  }

  /** Time of a moment at `mediaMs` of the audio clock that arrived at `arrivedAt`, on the clock of the arrivals. */
  timeOf(mediaMs: number, arrivedAt: number): number {
    const difference = arrivedAt - mediaMs;
    const offset = this.#offset();
    if (offset === undefined || difference - offset > this.#pauseMs) {
      this.#window = { from: arrivedAt, least: difference, leastBefore: difference };
    } else {
      this.#observe(difference, arrivedAt);
    }
    return mediaMs + (this.#offset() ?? difference);
  }

  #offset(): number | undefined {
    return this.#window && Math.min(this.#window.least, this.#window.leastBefore);
  }

  #observe(difference: number, arrivedAt: number): void {
    if (this.#window === undefined) return;
    if (arrivedAt - this.#window.from > WINDOW_MS) {
      this.#window = { from: arrivedAt, least: difference, leastBefore: this.#window.least };
    } else {
      this.#window.least = Math.min(this.#window.least, difference);
    }
  }
}
