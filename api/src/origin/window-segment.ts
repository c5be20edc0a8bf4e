import { framesToMs } from '@awaz/infra/contract';
import type { PublishedPart } from '@awaz/infra/part-log';

/** A part of the window in all renditions. */
export type WindowPart = {
  frames: number;
  /** Bytes of each rendition, in the order of the ladder. */
  payloads: Buffer[];
};

/** A segment of the window, growing until it is complete. */
export class WindowSegment {
  readonly msn: number;
  /** Date-time of the first sample, ms since 1970. */
  readonly programDateTime: number;
  readonly parts: WindowPart[] = [];
  /** Frames so far. */
  frames = 0;
  /** How many of them are filler. */
  fillerFrames = 0;
  /** Bytes so far, all renditions together. */
  bytes = 0;
  #whole: Buffer[] = [];

  constructor(first: PublishedPart) {
    this.msn = first.msn;
    this.programDateTime = first.programDateTime;
  }

  /** Length so far in seconds. */
  get seconds(): number {
    return framesToMs(this.frames) / 1000;
  }

  /** Adds the next part. */
  append(part: PublishedPart): void {
    const payloads = part.payloads.map(asBuffer);
    this.parts.push({ frames: part.frames, payloads });
    this.frames += part.frames;
    this.fillerFrames += part.fillerFrames;
    for (const payload of payloads) this.bytes += payload.length;
  }

  /**
   * Puts the whole segment together: its parts' bytes, one after the other (RFC 8216bis 3.2: "A Parent Segment and its
   * entire set of Partial Segments MUST contain the same set of media samples"). Parts become views of it.
   */
  complete(): void {
    const renditions = this.parts[0]?.payloads.length ?? 0;
    this.#whole = Array.from({ length: renditions }, (_, rendition) => {
      const whole = Buffer.concat(this.parts.map((part) => part.payloads[rendition] ?? Buffer.alloc(0)));
      let offset = 0;
      for (const part of this.parts) {
        const length = part.payloads[rendition]?.length ?? 0;
        part.payloads[rendition] = whole.subarray(offset, offset + length);
        offset += length;
      }
      return whole;
    });
  }

  /** The whole segment of one rendition; undefined before it is complete. */
  whole(rendition: number): Buffer | undefined {
    return this.#whole[rendition];
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
