import { FRAME_DURATION_MS, type Milliseconds } from '@awaz/infra/contract';
import type { PublishedPart, ResumeCursor } from '@awaz/infra/part-log';
import type { FinishedPart, Packager, SourceFrame } from '../packager.ts';

/** When frame 0 of a simulated source is captured, ms since 1970. */
export const T0: Milliseconds = 1_700_000_000_000;

/** What the pipeline takes when nothing holds it up, in ms. */
export const PIPELINE_MS: Milliseconds = 100;

/** One frame of filler; its first byte tells it from a {@link simulatedFrame}. */
export const FILLER = new Uint8Array([0]);

const CURSOR: ResumeCursor = {
  ...{ epoch: 'e', format: 'audio/webm', entryId: '1-1', byteOffset: 0 },
  ...{ restartSample: 0, prefix: '', state: '', publishedSample: 0 },
};

/** Frame `index` of a source captured without a break, whose payload tells its index. */
export function simulatedFrame(index: number, more: Partial<SourceFrame> = {}): SourceFrame {
  return {
    payloads: [new Uint8Array([1, index >> 16, (index >> 8) & 255, index & 255])],
    capturedAt: T0 + index * FRAME_DURATION_MS,
    startsRun: index === 0,
    keepLate: false,
    cursor: () => CURSOR,
    ...more,
  };
}

/** When a frame comes in that nothing holds up. */
export const arrivalOf = (index: number): Milliseconds => T0 + (index + 1) * FRAME_DURATION_MS + PIPELINE_MS;

/** The frames in a part of one rendition, in order: the index of each, `filler` for others. */
export function framesOf(part: PublishedPart): (number | 'filler')[] {
  const bytes = Buffer.from(part.payloads[0] ?? []);
  const frames: (number | 'filler')[] = [];
  for (let at = bytes.indexOf('mdat') + 4; at < bytes.length; ) {
    if (bytes[at] === 0) frames.push('filler');
    else frames.push(bytes.readUIntBE(at + 1, 3));
    at += bytes[at] === 0 ? 1 : 4;
  }
  return frames;
}

/** A part, and when a publisher with nothing else in its way would have published it. */
export type SimulatedPart = FinishedPart & { publishedAt: Milliseconds };

/** Plays arrivals into a packager on simulated time, with a tick at each deadline. */
export class Simulation {
  readonly published: SimulatedPart[] = [];
  readonly #packager: Packager;
  #now: Milliseconds;

  constructor(packager: Packager, now: Milliseconds = T0) {
    this.#packager = packager;
    this.#now = now;
  }

  /** Lets time pass. */
  runUntil(time: Milliseconds): void {
    for (let due = this.#packager.deadline; due <= time; due = this.#packager.deadline) {
      this.#now = Math.max(this.#now, due);
      this.#note(this.#packager.tick(this.#now));
    }
    this.#now = Math.max(this.#now, time);
  }

  /** Frames come in at a time, all at once. */
  arrive(frames: SourceFrame[], time: Milliseconds): void {
    this.runUntil(time);
    this.#note(this.#packager.push(frames, this.#now));
  }

  #note(parts: FinishedPart[]): void {
    for (const part of parts) {
      const before = this.published.at(-1)?.publishedAt ?? 0;
      this.published.push({ ...part, publishedAt: Math.max(this.#now, before, part.releaseAt()) });
    }
  }
}
