import {
  type Cut,
  FRAME_DURATION_MS,
  type LateAudio,
  type Milliseconds,
  OPENING_SEGMENTS,
  partSeconds,
} from '@awaz/infra/contract';
import type { PublishedPart, ResumeCursor } from '@awaz/infra/part-log';
import { DelayWindow } from './delay-window.ts';
import { LATE_LIMIT_MS, LatePlay } from './late-play.ts';
import { buildPart, type FrameSet } from './part-builder.ts';
import { SourceAccount } from './source-account.ts';
import { Timeline } from './timeline.ts';

/** How long the opening waits for the first audio, in ms; filler begins without it then. */
export const OPENING_PATIENCE_MS: Milliseconds = 1500;

/** The same once the owner's audio has come and only the encoder is still starting, in ms. */
export const ENCODER_PATIENCE_MS: Milliseconds = 8000;

/** Most filler that is put before audio which is ahead of the timeline, in frames (90 s). */
const MAX_GAP_FRAMES = 4219;

/** Chunks up to this length count as steady; longer ones arrive in bursts that are smoothed, in ms. */
const STEADY_CHUNK_MS: Milliseconds = 60;

/** One instant of the source in all renditions. */
export type SourceFrame = {
  /** Raw AAC frame of each rendition, in the order of the ladder. */
  payloads: Uint8Array[];
  /** When its first sample was captured, ms since 1970 on the server's clock. */
  capturedAt: Milliseconds;
  /** Whether a container stream begins with it: a gap before it is filled exactly. */
  startsRun: boolean;
  /** Whether it has to be published even when its place has been filled: what is late is our doing, not the owner's. */
  keepLate: boolean;
  /** Where the source is once this frame is published; called only for the last frame of a part. */
  cursor: () => ResumeCursor;
};

/** A finished part. */
export type FinishedPart = {
  part: PublishedPart;
  /** The earliest server time at which it should be published, as far as is known when asked. */
  releaseAt: () => Milliseconds;
  /** How much later than it was captured its audio stands on the timeline. */
  lateMs: Milliseconds;
};

/** Audio of one part that waits for its last frame. */
type PendingPart = { frame: number; programDateTime: Milliseconds; capturedAt: Milliseconds | undefined };

/** What a packager needs to know. */
export type PackagerOptions = {
  cut: Cut;
  /** Number of renditions. */
  renditions: number;
  /** One AAC frame of silence; used for every rendition. */
  fillerFrame: Uint8Array;
  /** The last part that is published, when another worker began the broadcast. */
  resumeAfter?: PublishedPart | undefined;
  /** Lateness beyond which filler is put in, in ms, instead of one that follows from the part length. */
  graceMs?: Milliseconds | undefined;
  /** What becomes of the owner's audio whose place was filled long before; it is dropped when left out. */
  lateAudio?: LateAudio | undefined;
  /** Index of the rendition that is recorded: parts then tell what the source gave. */
  recordedRung?: number | undefined;
  /** Server time, ms since 1970. */
  now: Milliseconds;
};

/**
 * Owns the timeline of a broadcast: gives source frames their place, fills what is late with silence, and cuts parts at
 * the same frames in all renditions. A pure machine: time comes in with each call, parts come out.
 */
export class Packager {
  readonly #options: PackagerOptions;
  readonly #filler: FrameSet;
  readonly #account: SourceAccount | undefined;
  readonly #delays = new DelayWindow();
  readonly #finished: FinishedPart[] = [];
  readonly #latePlay: LatePlay;
  #timeline: Timeline | undefined;
  #pending: FrameSet[] = [];
  #pendingStart: PendingPart = { frame: 0, programDateTime: 0, capturedAt: undefined };
  #cursor: ResumeCursor | undefined;
  #latestCursor: (() => ResumeCursor) | undefined;
  #fillerAllowedFrom: Milliseconds;
  #chunkMs: Milliseconds = STEADY_CHUNK_MS;
  #dropping = false;
  /** Filler frames that stand where audio may still come for. */
  #replaceableFrames = 0;
  /** How much later than its place the source is on the timeline now. */
  #lateMs: Milliseconds = 0;
  #now: Milliseconds;
  #droppedFrames = 0;

  constructor(options: PackagerOptions) {
    this.#options = options;
    this.#now = options.now;
    this.#latePlay = new LatePlay(options.lateAudio ?? 'drop');
    if (options.recordedRung !== undefined) this.#account = new SourceAccount(options.recordedRung);
    this.#filler = { payloads: new Array<Uint8Array>(options.renditions).fill(options.fillerFrame), filler: true };
    this.#fillerAllowedFrom = options.now + Math.max(OPENING_PATIENCE_MS, options.graceMs ?? 0);
    const last = options.resumeAfter;
    if (last !== undefined) {
      this.#cursor = last.cursor;
      this.#timeline = new Timeline(options.cut, {
        nextFrame: last.firstFrame + last.frames,
        programDateTime: last.programDateTime + last.frames * FRAME_DURATION_MS,
      });
    }
  }

  /** Lateness beyond which filler is put in, in ms: about one part, more for a source that comes in long chunks. */
  get graceMs(): Milliseconds {
    const ownMs = this.#options.graceMs ?? Math.max(partSeconds(this.#options.cut) * 1150, 130);
    return ownMs + Math.max(0, this.#chunkMs - STEADY_CHUNK_MS);
  }

  /** Source frames that were dropped because their place had been filled long before. */
  get droppedFrames(): number {
    return this.#droppedFrames;
  }

  /** Server time at which {@link tick} has something to do. */
  get deadline(): Milliseconds {
    if (this.#timeline === undefined) return this.#fillerAllowedFrom;
    const expectedMs = this.#timeline.partEnd - this.#lateMs + this.#delays.leastMs;
    return Math.max(this.#fillerAllowedFrom, expectedMs + this.graceMs);
  }

  /** Tells that a chunk of the source came, and how much audio they usually hold. */
  setChunkMs(chunkMs: Milliseconds): void {
    if (this.#timeline === undefined) this.#fillerAllowedFrom = this.#options.now + ENCODER_PATIENCE_MS;
    this.#chunkMs = Math.min(Math.max(chunkMs, STEADY_CHUNK_MS), 5000);
  }

  /** Takes frames of the source in order; returns the parts they complete. */
  push(frames: SourceFrame[], now: Milliseconds): FinishedPart[] {
    this.#now = now;
    for (const frame of frames) this.#take(frame);
    return this.#finished.splice(0);
  }

  /** Fills what is overdue; returns the parts that are complete by that. */
  tick(now: Milliseconds): FinishedPart[] {
    this.#now = now;
    if (this.#timeline === undefined) {
      if (now < this.#fillerAllowedFrom) return [];
      this.#open(now - this.#delays.leastMs);
    }
    while (now >= this.deadline) {
      const frames = this.#requireTimeline().framesLeftInPart;
      this.#replaceableFrames += frames;
      this.#fill(frames);
    }
    return this.#finished.splice(0);
  }

  /** Ends the timeline: what is pending becomes a last, shorter part. */
  flush(now: Milliseconds): FinishedPart[] {
    this.#now = now;
    if (this.#timeline === undefined) this.#open(now);
    if (this.#pending.length === 0 && this.#account?.isEmpty === false) this.#fill(1); // carries what was late to the recording
    if (this.#pending.length > 0) this.#finishPart(true);
    return this.#finished.splice(0);
  }

  #requireTimeline(): Timeline {
    if (this.#timeline === undefined) throw new Error('The timeline has not been opened.');
    return this.#timeline;
  }

  #open(capturedAt: Milliseconds): void {
    const openingFrames = OPENING_SEGMENTS * this.#options.cut.framesPerSegment;
    this.#timeline = new Timeline(this.#options.cut, {
      nextFrame: 0,
      programDateTime: capturedAt - openingFrames * FRAME_DURATION_MS,
    });
    this.#fill(openingFrames);
    this.#fillerAllowedFrom = this.#now;
  }

  #take(frame: SourceFrame): void {
    if (this.#timeline === undefined) this.#open(frame.capturedAt);
    const timeline = this.#requireTimeline();
    this.#fillerAllowedFrom = Math.min(this.#fillerAllowedFrom, this.#now);
    const aheadMs = this.#latePlay.placeOf(frame, timeline.programDateTime) - timeline.programDateTime;
    if (this.#isTooLate(frame, aheadMs)) {
      this.#droppedFrames += 1;
      this.#account?.late(frame);
      this.#latestCursor = frame.cursor;
      return;
    }
    if (aheadMs > (frame.startsRun ? FRAME_DURATION_MS / 2 : this.graceMs)) {
      this.#fill(Math.min(Math.round(aheadMs / FRAME_DURATION_MS), MAX_GAP_FRAMES));
    } else {
      timeline.setDrift(aheadMs);
    }
    this.#lateMs = timeline.programDateTime - frame.capturedAt - this.#latePlay.lateMs;
    if (frame.keepLate) this.#replaceableFrames = 0;
    this.#noteDelay(this.#now - frame.capturedAt - FRAME_DURATION_MS);
    this.#account?.onAir(frame, this.#pending.length);
    this.#latestCursor = frame.cursor; // not before: parts that end in a gap before the frame do not hold it
    this.#append({ payloads: frame.payloads, filler: false }, frame.capturedAt);
  }

  /** What comes of a backlog says nothing about how long the pipeline takes. */
  #noteDelay(delayMs: Milliseconds): void {
    if (this.#latePlay.lateMs > 0 && delayMs > this.#delays.leastMs + LATE_LIMIT_MS) return;
    this.#delays.add(delayMs);
  }

  /**
   * Only audio whose place was filled is ever dropped, frame for frame, and only until the source is no later than it was
   * before the filler. A source that stands later than the limit since we were late ourselves is no reason to begin.
   */
  #isTooLate(frame: SourceFrame, aheadMs: Milliseconds): boolean {
    const usualMs = this.#lateMs + FRAME_DURATION_MS / 2;
    const limitMs = this.#dropping ? usualMs : Math.max(LATE_LIMIT_MS, usualMs);
    this.#dropping = !frame.keepLate && this.#replaceableFrames > 0 && aheadMs < -limitMs;
    if (this.#dropping) this.#replaceableFrames -= 1;
    return this.#dropping;
  }

  #fill(frames: number): void {
    for (let i = 0; i < frames; i++) this.#append(this.#filler);
  }

  #append(frame: FrameSet, capturedAt?: Milliseconds): void {
    const timeline = this.#requireTimeline();
    if (this.#pending.length === 0) {
      const { nextFrame, programDateTime } = timeline;
      this.#pendingStart = { frame: nextFrame, programDateTime, capturedAt: undefined };
    }
    if (capturedAt !== undefined) this.#pendingStart.capturedAt ??= capturedAt;
    this.#pending.push(frame);
    const completes = timeline.framesLeftInPart === 1;
    timeline.advance();
    if (completes) this.#finishPart(timeline.endsSegment(timeline.nextFrame));
  }

  #finishPart(endsSegment: boolean): void {
    const timeline = this.#requireTimeline();
    const { frame, programDateTime, capturedAt } = this.#pendingStart;
    const keptMs = this.#latePlay.lateMs;
    if (this.#latestCursor !== undefined) this.#cursor = this.#latestCursor();
    const built = buildPart(
      {
        ...timeline.place(frame),
        firstFrame: frame,
        programDateTime,
        endsSegment,
        publishedAt: this.#now,
        cursor: this.#cursor,
        capturedAt: keptMs > 0 ? capturedAt : undefined,
      },
      this.#pending,
    );
    const part = { ...built, ...this.#account?.take() };
    this.#pending = [];
    this.#finished.push({ part, releaseAt: () => this.#releaseAt(part), lateMs: this.#lateMs + keptMs });
  }

  /**
   * Bursts of long chunks and kept late audio are spread, so that players get a part each part target; steady sources are
   * not held.
   */
  #releaseAt(part: PublishedPart): Milliseconds {
    const holdMs = this.#chunkMs > partSeconds(this.#options.cut) * 1000 ? this.#chunkMs : 0;
    if (holdMs === 0 && this.#latePlay.lateMs === 0) return 0;
    const end = part.programDateTime + part.frames * FRAME_DURATION_MS;
    return end - this.#lateMs + this.#delays.leastMs + holdMs;
  }
}
