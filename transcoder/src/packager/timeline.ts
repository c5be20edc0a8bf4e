import { type Cut, framesToMs, type Milliseconds } from '@awaz/infra/contract';

/** Most that programme date-time is moved at the start of a segment against drift, in ms. */
export const MAX_SLEW_MS_PER_SEGMENT: Milliseconds = 1;

/** Where a timeline goes on. */
export type TimelineStart = {
  /** Index in the broadcast of the next frame. */
  nextFrame: number;
  /** Programme date-time of that frame, ms since 1970. */
  programDateTime: Milliseconds;
};

/**
 * The place of frames in a broadcast: media sequence numbers, part indexes and programme date-times. Frame `n` starts at
 * media time `n * 1024`; a frame's number is never given twice.
 */
export class Timeline {
  readonly #cut: Cut;
  #nextFrame: number;
  /** Frames are counted from here, so that rounding does not add up. */
  #anchor: TimelineStart;
  #driftMs: Milliseconds = 0;

  constructor(cut: Cut, start: TimelineStart) {
    this.#cut = cut;
    this.#nextFrame = start.nextFrame;
    this.#anchor = start;
  }

  /** Index of the frame that comes next. */
  get nextFrame(): number {
    return this.#nextFrame;
  }

  /** Programme date-time of the frame that comes next. */
  get programDateTime(): Milliseconds {
    return this.#anchor.programDateTime + framesToMs(this.#nextFrame - this.#anchor.nextFrame);
  }

  /** Frames that the part around the next frame still needs, that one included. */
  get framesLeftInPart(): number {
    return this.#cut.framesPerPart - (this.#nextFrame % this.#cut.framesPerPart);
  }

  /** Programme date-time of the end of the part around the next frame. */
  get partEnd(): Milliseconds {
    return this.programDateTime + framesToMs(this.framesLeftInPart);
  }

  /** Media sequence number and part index of a frame. */
  place(frame: number): { msn: number; index: number } {
    const inSegment = frame % this.#cut.framesPerSegment;
    return {
      msn: Math.floor(frame / this.#cut.framesPerSegment),
      index: Math.floor(inSegment / this.#cut.framesPerPart),
    };
  }

  /** Whether a part that ends before `frame` is the last of its segment. */
  endsSegment(frame: number): boolean {
    return frame % this.#cut.framesPerSegment === 0;
  }

  /** Tells how much later (positive) than programme date-time the source is captured; taken up slowly. */
  setDrift(driftMs: Milliseconds): void {
    this.#driftMs = driftMs;
  }

  /** Gives the next frame its place. */
  advance(): void {
    this.#nextFrame += 1;
    if (!this.endsSegment(this.#nextFrame)) return;
    const slewMs = Math.max(-MAX_SLEW_MS_PER_SEGMENT, Math.min(MAX_SLEW_MS_PER_SEGMENT, this.#driftMs));
    this.#anchor = { nextFrame: this.#nextFrame, programDateTime: this.programDateTime + slewMs };
    this.#driftMs -= slewMs;
  }
}
