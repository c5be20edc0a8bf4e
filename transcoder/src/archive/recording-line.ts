import { FRAME_DURATION_MS, framesToMs, type Milliseconds } from '@awaz/infra/contract';
import type { PublishedPart, SourceSpan } from '@awaz/infra/part-log';
import { fragmentFrames } from '../isobmff/fragment-frames.ts';

/** Frames of a segment: 8 s. */
const SEGMENT_FRAMES = 375;

/** Most frames of a segment: 8.5 s. */
const MAX_SEGMENT_FRAMES = 400;

/** A jump of the capture time inside a container stream that is longer is a hole; shorter ones are the clock's, in ms. */
const HOLE_MS: Milliseconds = 1000;

/** Most silence that stands for one hole, in frames (ten minutes). */
const MAX_HOLE_FRAMES = 28_125;

/** A frame of a recording. */
export type RecordedFrame = { bytes: Uint8Array; capturedAt: Milliseconds };

/** What one part adds to a recording: frames of the source in their order, silence where nothing was ever sent. */
export class RecordingLine {
  readonly #rung: number;
  readonly #silence: Uint8Array;
  #frames: RecordedFrame[] = [];
  #silentFrames = 0;
  #nextCapturedAt: Milliseconds | undefined;

  /** `rung`: the recorded rendition; `silence`: a frame of it. */
  constructor(rung: number, silence: Uint8Array, nextCapturedAt: Milliseconds | undefined) {
    this.#rung = rung;
    this.#silence = silence;
    this.#nextCapturedAt = nextCapturedAt;
  }

  /** Frames that wait to be cut into segments. */
  get length(): number {
    return this.#frames.length;
  }

  /** Whether there is enough for a segment. */
  get isDue(): boolean {
    return this.#frames.length >= SEGMENT_FRAMES;
  }

  /** When what follows was captured if nothing is missing; undefined before any frame. */
  get nextCapturedAt(): Milliseconds | undefined {
    return this.#nextCapturedAt;
  }

  /** Takes a part. */
  take(part: PublishedPart): void {
    const onAir = part.source?.some(({ at }) => at !== undefined)
      ? fragmentFrames(part.payloads[this.#rung] ?? new Uint8Array(0))
      : [];
    let lateAt = 0;
    for (const span of part.source ?? []) {
      this.#fillHole(span);
      const late = part.late?.subarray(lateAt) ?? new Uint8Array(0);
      const frames = span.at === undefined ? lateFrames(span, late) : onAir.slice(span.at, span.at + span.frames);
      lateAt += (span.sizes ?? []).reduce((sum, size) => sum + size, 0);
      frames.forEach((bytes, index) => {
        this.#frames.push({ bytes, capturedAt: span.capturedAt + framesToMs(index) });
      });
      this.#nextCapturedAt = span.capturedAt + framesToMs(span.frames);
    }
  }

  /** Hands out all that waits, cut into segments, and how much of it is silence. */
  cut(): { segments: RecordedFrame[][]; silentFrames: number } {
    const frames = this.#frames;
    const silentFrames = this.#silentFrames;
    this.#frames = [];
    this.#silentFrames = 0;
    const count = Math.ceil(frames.length / MAX_SEGMENT_FRAMES);
    const edge = (index: number) => Math.round((index * frames.length) / count);
    const segments = Array.from({ length: count }, (_, index) => frames.slice(edge(index), edge(index + 1)));
    return { segments, silentFrames };
  }

  #fillHole({ capturedAt, startsRun }: SourceSpan): void {
    const from = this.#nextCapturedAt ?? capturedAt;
    const holeMs = capturedAt - from;
    if (holeMs < (startsRun ? FRAME_DURATION_MS / 2 : HOLE_MS)) return;
    const count = Math.min(Math.round(holeMs / FRAME_DURATION_MS), MAX_HOLE_FRAMES);
    for (let i = 0; i < count; i++) this.#frames.push({ bytes: this.#silence, capturedAt: from + framesToMs(i) });
    this.#silentFrames += count;
  }
}

function lateFrames({ sizes = [] }: SourceSpan, bytes: Uint8Array): Uint8Array[] {
  let at = 0;
  return sizes.map((size) => {
    at += size;
    return bytes.slice(at - size, at);
  });
}
