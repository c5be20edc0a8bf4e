import { FRAME_DURATION_MS, framesToMs, type Milliseconds } from '@awaz/infra/contract';
import type { Logger } from '@awaz/infra/runtime';
import type { BroadcastTail } from '../broadcast-tail.ts';
import type { BroadcastWindow } from '../broadcast-window.ts';
import type { WindowSegment } from '../window-segment.ts';
import { adtsFrameStart, adtsOfPart } from './adts-frames.ts';
import { icyTitleOf } from './icy-metadata.ts';
import { BURST_SECONDS, type StreamFeed } from './stream-feed.ts';

/** What an ADTS source reads and where it writes. */
export type AdtsSourceOptions = {
  tail: BroadcastTail;
  /** Place in the ladder. */
  rendition: number;
  feed: StreamFeed;
  /** What the station is called, while its programme has no title. */
  stationTitle: string;
  logger: Logger;
};

/** Feeds the parts of one rendition, as ADTS made once for all, into a stream. Ends it with the broadcast. */
export class AdtsSource {
  readonly #options: AdtsSourceOptions;
  readonly #unwatch: () => void;
  #msn = -1;
  #index = 0;
  #complained = false;

  constructor(options: AdtsSourceOptions) {
    this.#options = options;
    const { tail, feed } = options;
    this.#startBeforeEdge();
    this.#unwatch = tail.watch({ changed: () => this.#advance(), closed: () => feed.end() });
    this.#advance();
  }

  /** Lets go of the broadcast; the stream gets nothing more. May be called again. */
  close(): void {
    this.#unwatch();
  }

  /** Begins so far back that those who join get their burst. */
  #startBeforeEdge(): void {
    const { window } = this.#options.tail;
    if (window === undefined) return;
    let seconds = 0;
    for (const segment of [window.openSegment, ...window.segments.toReversed()]) {
      for (let index = (segment?.parts.length ?? 0) - 1; segment && index >= 0; index--) {
        this.#msn = segment.msn;
        this.#index = index;
        seconds += framesToMs(segment.parts[index]?.frames ?? 0) / 1000;
        if (seconds >= BURST_SECONDS) return;
      }
    }
  }

  #advance(): void {
    const { tail, feed } = this.#options;
    const { window } = tail;
    if (window === undefined) return;
    for (let segment = this.#segment(window); segment !== undefined; segment = this.#segment(window)) {
      for (; this.#index < segment.parts.length; this.#index++) this.#push(segment, this.#index);
      if (segment === window.openSegment) break;
      this.#msn++;
      this.#index = 0;
    }
    if (window.edge.ended) feed.end();
  }

  /** The segment that is due; when the window has begun anew, its newest one. */
  #segment(window: BroadcastWindow): WindowSegment | undefined {
    const due = window.segment(this.#msn);
    const newest = window.openSegment ?? window.segments.at(-1);
    if (due !== undefined || newest === undefined || newest.msn < this.#msn) return due;
    this.#msn = newest.msn;
    this.#index = 0;
    return newest;
  }

  #push(segment: WindowSegment, index: number): void {
    const { rendition, logger } = this.#options;
    const part = segment.parts[index];
    const payload = part?.payloads[rendition];
    const bytes = payload && adtsOfPart(payload);
    if (part === undefined || bytes === undefined) {
      if (!this.#complained)
        logger.warn({ msn: segment.msn, index }, 'a part cannot be streamed: its samples have no sizes');
      this.#complained = true;
      return;
    }
    const framesBefore = index * (this.#options.tail.window?.meta.cut.framesPerPart ?? 0);
    this.#feed(bytes, segment.programDateTime + framesToMs(framesBefore), part.frames);
  }

  /** A part in which another title begins goes out in pieces, each with its own. */
  #feed(bytes: Buffer, programDateTime: number, frames: number): void {
    const programme = this.#options.tail.window?.programme;
    const end = programDateTime + framesToMs(frames);
    const changes = (programme?.changesWithin(programDateTime, end) ?? []).map((at) =>
      this.#frameAt(at - programDateTime),
    );
    let from = 0;
    for (const to of [...new Set(changes), frames]) {
      if (to <= from) continue;
      const piece = bytes.subarray(adtsFrameStart(bytes, from), adtsFrameStart(bytes, to));
      const title = this.#titleAt(programDateTime + framesToMs(from));
      this.#options.feed.push({ bytes: piece, seconds: framesToMs(to - from) / 1000, title });
      from = to;
    }
  }

  /** The frame that begins closest to a moment of a part. */
  #frameAt(offsetMs: Milliseconds): number {
    return Math.round(offsetMs / FRAME_DURATION_MS);
  }

  #titleAt(programDateTime: number): string {
    // A title belongs to the frame that begins closest to its moment, so half a frame may be missing to it.
    const programme = this.#options.tail.window?.programme.at(programDateTime + FRAME_DURATION_MS / 2);
    return (programme && icyTitleOf(programme)) ?? this.#options.stationTitle;
  }
}
