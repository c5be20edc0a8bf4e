import type { Milliseconds } from '@awaz/infra/contract';

/** Frames looked back on: about 5 s. */
const WINDOW_FRAMES = 256;

/** What is assumed of a source before any of its frames came, in ms. */
const ASSUMED_DELAY_MS: Milliseconds = 150;

/** How long after their capture frames of the source come, over the last seconds. */
export class DelayWindow {
  readonly #delays: Milliseconds[] = [];
  #next = 0;

  /** Notes the delay of one frame: its arrival minus the capture time of its end. */
  add(delayMs: Milliseconds): void {
    this.#delays[this.#next] = delayMs;
    this.#next = (this.#next + 1) % WINDOW_FRAMES;
  }

  /** The delay of the freshest frames; what the pipeline takes when nothing holds it up. */
  get leastMs(): Milliseconds {
    return this.#delays.length === 0 ? ASSUMED_DELAY_MS : Math.min(...this.#delays);
  }
}
