import type { Milliseconds } from '@awaz/infra/contract';

/** How many times faster than real time audio may arrive. */
export const MAX_PACE = 4;

/** How long it may arrive faster than that, in ms. */
export const FAST_SPAN_MS: Milliseconds = 30_000;

/** Audio that an owner kept while cut off and may send as fast as possible, in ms. */
export const BACKLOG_MS: Milliseconds = 60_000;

/** Bytes that count as a millisecond of audio at least: 192 kHz stereo PCM. Bytes that hold no audio have a pace, too. */
export const MAX_BYTES_PER_MS = 768;

/**
 * Judges the pace of one connection: over {@link MAX_PACE} times real time without a break for {@link FAST_SPAN_MS} is
 * too fast. What is over that pace fills a bucket, waiting empties it.
 */
export class PaceMeter {
  #creditMs: Milliseconds;
  #excessMs: Milliseconds = 0;
  #fastSince: Milliseconds | undefined;
  #lastAt: Milliseconds | undefined;

  /** `creditMs`: audio that may come at any pace. */
  constructor(creditMs: Milliseconds = 0) {
    this.#creditMs = creditMs;
  }

  /** Takes a chunk of audio. False when it is too fast by now, or can no longer become slow enough within the span. */
  accept({ mediaMs, bytes, now }: { mediaMs: Milliseconds; bytes: number; now: Milliseconds }): boolean {
    const elapsed = this.#lastAt === undefined ? 0 : Math.max(0, now - this.#lastAt);
    this.#lastAt = now;
    const excess = this.#excessMs - elapsed * MAX_PACE;
    if (excess <= 0) this.#fastSince = undefined;
    this.#excessMs = Math.max(0, excess) + Math.max(mediaMs, bytes / MAX_BYTES_PER_MS);
    const credited = Math.min(this.#creditMs, this.#excessMs);
    this.#creditMs -= credited;
    this.#excessMs -= credited;
    if (this.#excessMs > 0) this.#fastSince ??= now;
    const fastFor = this.#fastSince === undefined ? 0 : now - this.#fastSince;
    return fastFor < FAST_SPAN_MS && this.#excessMs <= FAST_SPAN_MS * MAX_PACE;
  }
}
