import type { Milliseconds } from '../contract/index.ts';

/** Over how many parts the earliest one is looked for: 40 s of parts of 192 ms. */
const WINDOW_PARTS = 200;

/**
 * Tells how late parts come, against those of the last time that came earliest after their audio: a cadence, not a clock,
 * so that clocks and the length of the way do not matter.
 */
export class PartLateness {
  readonly #offsets: Milliseconds[] = [];

  /** Lateness of a part whose audio ends at `mediaEndMs` and that arrived at `arrivedAt`, both in ms. */
  add(mediaEndMs: Milliseconds, arrivedAt: Milliseconds): Milliseconds {
    const offset = arrivedAt - mediaEndMs;
    this.#offsets.push(offset);
    if (this.#offsets.length > WINDOW_PARTS) this.#offsets.shift();
    return offset - Math.min(...this.#offsets);
  }
}
