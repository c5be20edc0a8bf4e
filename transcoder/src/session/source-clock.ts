import { type Milliseconds, SAMPLES_PER_FRAME, samplesToMs } from '@awaz/infra/contract';

/** Most marks kept; beyond it the oldest go (ten minutes of 60 ms chunks without a frame: the run is dead by then). */
const MAX_MARKS = 10_000;

/** Knows for each sample of a container stream when it was captured, from the chunks' capture times. */
export class SourceClock {
  readonly #marks: { endSample: number; capturedAt: Milliseconds }[] = [];

  /** Notes that the stream's samples before `endSample` (48 kHz) had been captured at `capturedAt`. */
  mark(endSample: number, capturedAt: Milliseconds): void {
    if (endSample <= (this.#marks.at(-1)?.endSample ?? -1)) return;
    this.#marks.push({ endSample, capturedAt });
    if (this.#marks.length > MAX_MARKS) this.#marks.shift();
  }

  /**
   * Capture time of the first sample of the frame that starts at `sample`; undefined before any mark. Frames must be
   * asked for in order.
   */
  captureTime(sample: number): Milliseconds | undefined {
    while (this.#marks.length > 1 && (this.#marks[0]?.endSample ?? 0) < sample + SAMPLES_PER_FRAME / 2)
      this.#marks.shift();
    const mark = this.#marks[0];
    return mark && mark.capturedAt - samplesToMs(mark.endSample - sample);
  }
}
