import type { Milliseconds } from '@awaz/infra/contract';

/** The smallest delay of the last one to two of these spans is believed, in ms: long enough to meet a quick message. */
const WINDOW_MS: Milliseconds = 20_000;

/**
 * Audio that seems to be older than this when it arrives means that the client's clock was set back: clients keep 60 s.
 */
const MAX_AGE_MS: Milliseconds = 70_000;

/** What is known of the client's clock from before. */
export type CaptureClockStart = {
  /** {@link CaptureClock.offsetMs} of the connection before, if there was one. */
  offsetMs?: Milliseconds | undefined;
  /** Server time of the newest chunk of the same epoch. */
  capturedAt?: Milliseconds | undefined;
};

/**
 * Tells at which server time a chunk was captured, from the client's clock. The offset between the clocks is the smallest
 * difference seen between arrival here and the time told there; half a round trip is taken off for the way. Chunks leave
 * the client later than they were captured (their encoder holds them), a hello leaves at once: where one is known, the
 * difference between both is taken off as well.
 */
export class CaptureClock {
  #greeting: Milliseconds | undefined;
  #heldMs: Milliseconds | undefined;
  #roundTrip: Milliseconds | undefined;
  #window: { from: Milliseconds; least: Milliseconds; leastBefore: Milliseconds } | undefined;
  #last: Milliseconds;

  constructor(start: CaptureClockStart = {}) {
    this.#greeting = start.offsetMs;
    this.#last = start.capturedAt ?? Number.NEGATIVE_INFINITY;
  }

  /** Server time minus client time including one way through the network, in ms; undefined before the first message. */
  get offsetMs(): Milliseconds | undefined {
    if (this.#window === undefined) return this.#greeting;
    return Math.min(this.#window.least, this.#window.leastBefore) - (this.#heldMs ?? 0);
  }

  /** Takes a message that was sent as soon as its time was read. */
  greeted(clientTime: Milliseconds, arrivedAt: Milliseconds): void {
    this.#greeting = arrivedAt - clientTime;
  }

  /** Takes the time of a round trip to the client. */
  measured(roundTrip: Milliseconds): void {
    this.#roundTrip = Math.min(this.#roundTrip ?? roundTrip, roundTrip);
  }

  /**
   * Server time at which a chunk was captured: never after its arrival, never before the chunk before it.
   */
  capturedAt(clientTime: Milliseconds, arrivedAt: Milliseconds): Milliseconds {
    this.#observe(arrivedAt - clientTime, arrivedAt);
    const captured = clientTime + (this.offsetMs ?? 0) - (this.#roundTrip ?? 0) / 2;
    if (arrivedAt - captured > MAX_AGE_MS) {
      this.#greeting = undefined;
      this.#heldMs = undefined;
      this.#window = undefined;
      this.#observe(arrivedAt - clientTime, arrivedAt);
      return this.#step(arrivedAt);
    }
    return this.#step(Math.min(captured, arrivedAt));
  }

  /** Server time of a moment on the client's clock; undefined before the first message. */
  serverTime(clientTime: Milliseconds): Milliseconds | undefined {
    return this.offsetMs === undefined ? undefined : clientTime + this.offsetMs - (this.#roundTrip ?? 0) / 2;
  }

  #observe(difference: Milliseconds, arrivedAt: Milliseconds): void {
    if (this.#greeting !== undefined) {
      const held = Math.max(0, difference - this.#greeting);
      this.#heldMs = Math.min(this.#heldMs ?? held, held);
    }
    if (this.#window === undefined) {
      this.#window = { from: arrivedAt, least: difference, leastBefore: difference };
    } else if (arrivedAt - this.#window.from > WINDOW_MS) {
      this.#window = { from: arrivedAt, least: difference, leastBefore: this.#window.least };
    } else {
      this.#window.least = Math.min(this.#window.least, difference);
    }
  }

  #step(time: Milliseconds): Milliseconds {
    this.#last = Math.max(this.#last, time);
    return this.#last;
  }
}
