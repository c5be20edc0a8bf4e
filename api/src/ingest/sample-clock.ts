import type { Milliseconds } from '@awaz/infra/contract';

/** The quickest chunk of the last one to two of these spans sets the clock, in ms: long enough to meet a quick one. */
const WINDOW_MS: Milliseconds = 20_000;

/** No chunk as quick as before for one to two of these spans: there was a pause, short as it may have been, in ms. */
const RECENT_MS: Milliseconds = 3000;

/** The clock is moved on then if all of those were later than this, in ms: more than a sound card drifts. */
const LATER_MS: Milliseconds = 50;

/**
 * A chunk that comes later than this after its time was captured after a pause, in ms. Less than what the packager takes
 * for audio whose place is gone: a pause must never look like that.
 */
const PAUSE_MS: Milliseconds = 400;

/**
 * Tells at which server time a chunk was captured when its client says nothing of that: samples are captured evenly, so
 * their count is the clock, set by the chunks that came quickest. What the network or a busy client adds to single chunks
 * is not seen in it.
 */
export class SampleClock {
  #steady = new LeastOf(WINDOW_MS);
  #recent = new LeastOf(RECENT_MS);
  #last: Milliseconds;

  /** `capturedAt`: server time of the newest chunk before; none is told to be older. */
  constructor(capturedAt: Milliseconds = Number.NEGATIVE_INFINITY) {
    this.#last = capturedAt;
  }

  /**
   * Server time at which the last sample of a chunk was captured: never after its arrival, never before the chunk before
   * it. `mediaTime`: length of all audio up to that sample, in ms from any moment on.
   */
  capturedAt(mediaTime: Milliseconds, arrivedAt: Milliseconds): Milliseconds {
    const difference = arrivedAt - mediaTime;
    if (difference - this.#steady.least > PAUSE_MS) this.restart();
    this.#recent.add(difference, arrivedAt);
    if (this.#recent.least - this.#steady.least > LATER_MS) this.#steady = new LeastOf(WINDOW_MS);
    this.#steady.add(difference, arrivedAt);
    const offset = Math.min(this.#steady.least, this.#recent.least);
    this.#last = Math.max(this.#last, Math.min(mediaTime + offset, arrivedAt));
    return this.#last;
  }

  /** Another container stream begins with the next chunk: its samples do not follow on those before. */
  restart(): void {
    this.#steady = new LeastOf(WINDOW_MS);
    this.#recent = new LeastOf(RECENT_MS);
  }
}

/** The least value of the last one to two spans of time. */
class LeastOf {
  readonly #spanMs: Milliseconds;
  #from: Milliseconds = Number.NEGATIVE_INFINITY;
  #now = Number.POSITIVE_INFINITY;
  #before = Number.POSITIVE_INFINITY;

  constructor(spanMs: Milliseconds) {
    this.#spanMs = spanMs;
  }

  /** Infinity before the first value. */
  get least(): number {
    return Math.min(this.#now, this.#before);
  }

  add(value: number, at: Milliseconds): void {
    if (at - this.#from > this.#spanMs) {
      this.#before = this.#now;
      this.#now = value;
      this.#from = at;
    }
    this.#now = Math.min(this.#now, value);
  }
}
