import { framesToMs, type Milliseconds } from '@awaz/infra/contract';

/** The speed is that of this long at most, in ms. */
const WINDOW_MS = 5000;

/** What is measured of encoding; null where nothing was encoded lately. */
export type EncoderFigures = {
  /** Seconds of audio that came out per second: 1 keeps up, more catches up. */
  speed: number | null;
  /** Age of the last sample of a part when it was published, mean of the parts since the last report. */
  delayMs: Milliseconds | null;
};

/** Measures how an encoder keeps up. Times are on one clock, in ms. */
export class EncoderQuality {
  readonly #marks: { at: Milliseconds; frames: number }[] = [];
  #frames = 0;
  #delays: Milliseconds[] = [];

  /** Notes frames that came out. */
  encoded(frames: number): void {
    this.#frames += frames;
  }

  /** Notes a part with audio of the source that was published so long after its last sample. */
  published(delayMs: Milliseconds): void {
    this.#delays.push(delayMs);
  }

  /** The figures now; to be asked about once a second. */
  report(now: Milliseconds): EncoderFigures {
    const since = this.#marks[0];
    const elapsed = since === undefined ? 0 : now - since.at;
    const speed = since === undefined || elapsed === 0 ? null : framesToMs(this.#frames - since.frames) / elapsed;
    this.#marks.push({ at: now, frames: this.#frames });
    while (this.#marks[0] !== undefined && this.#marks[0].at < now - WINDOW_MS) this.#marks.shift();
    const delays = this.#delays;
    this.#delays = [];
    const delayMs = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    return {
      speed: speed === null ? null : Math.round(speed * 100) / 100,
      delayMs: delays.length === 0 ? null : Math.round(delayMs),
    };
  }
}
