import type { Milliseconds } from '@awaz/infra/contract';

/** A source that was late by more than this is not caught up with: the time is gone, in ms. */
export const MAX_CATCH_UP_MS = 5000;

/** For how long a source may be behind before its lateness counts as the new normal, in ms. */
export const SETTLE_MS = 1000;

/** Lateness that is not worth a correction, in ms. */
const TOLERATED_LATENESS_MS = 50;

/**
 * Tells at which wall time a moment of the media is "captured", as if it were recorded now. Begins with the first
 * question. A source that falls behind and catches up within {@link SETTLE_MS} keeps its time, so that its capture times
 * stay evenly spaced; one that stays behind, or was away for long, gets a later time from then on.
 */
export class MediaClock {
  #base: Milliseconds | undefined;
  #lateSince: Milliseconds | undefined;
  #leastLateness: Milliseconds = Number.POSITIVE_INFINITY;

  /**
   * When media up to `mediaMs` (since the beginning) is captured. `now`: wall time at which it is at hand. Both in ms;
   * an answer in the past means: send it at once.
   */
  capturedAt(mediaMs: Milliseconds, now: Milliseconds): Milliseconds {
    this.#base ??= now;
    const lateness = now - (this.#base + mediaMs);
    if (lateness > MAX_CATCH_UP_MS) this.#shift(lateness);
    else if (lateness <= TOLERATED_LATENESS_MS) this.#settle();
    else this.#watch(lateness, now);
    return this.#base + mediaMs;
  }

  #watch(lateness: Milliseconds, now: Milliseconds): void {
    this.#lateSince ??= now;
    this.#leastLateness = Math.min(this.#leastLateness, lateness);
    if (now - this.#lateSince >= SETTLE_MS) this.#shift(this.#leastLateness);
  }

  #shift(by: Milliseconds): void {
    this.#base = (this.#base ?? 0) + by;
    this.#settle();
  }

  #settle(): void {
    this.#lateSince = undefined;
    this.#leastLateness = Number.POSITIVE_INFINITY;
  }
}
