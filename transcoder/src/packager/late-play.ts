import type { LateAudio, Milliseconds } from '@awaz/infra/contract';

/** Audio later than this behind its place is dropped, or moves the place of what follows, in ms. */
export const LATE_LIMIT_MS: Milliseconds = 600;

/** Most that audio of an owner may be kept behind its capture, in ms: what his client keeps of a cut. */
export const MAX_KEPT_LATE_MS: Milliseconds = 60_000;

/**
 * How far behind its capture a station that keeps all audio plays by now. Programme date-time goes on with the timeline;
 * audio that was captured without a break is placed as much later as it came. A break in the capture brings it back.
 */
export class LatePlay {
  readonly #lateAudio: LateAudio;
  #lateMs: Milliseconds = 0;

  constructor(lateAudio: LateAudio) {
    this.#lateAudio = lateAudio;
  }

  /** How much later than captured the source has its place now, in ms; 0 where late audio is dropped. */
  get lateMs(): Milliseconds {
    return this.#lateMs;
  }

  /** The programme date-time at which a frame belongs, when the next free one is `next`. Frames come in order. */
  placeOf(frame: { capturedAt: Milliseconds; startsRun: boolean }, next: Milliseconds): Milliseconds {
    if (this.#lateAudio === 'drop') return frame.capturedAt;
    const behindMs = next - frame.capturedAt;
    const afterBreak = frame.startsRun || behindMs < this.#lateMs - LATE_LIMIT_MS;
    if (afterBreak && this.#lateMs > 0) this.#lateMs = behindMs > LATE_LIMIT_MS ? behindMs : 0;
    else if (behindMs > this.#lateMs + LATE_LIMIT_MS) this.#lateMs = behindMs;
    this.#lateMs = Math.min(this.#lateMs, MAX_KEPT_LATE_MS);
    return frame.capturedAt + this.#lateMs;
  }
}
