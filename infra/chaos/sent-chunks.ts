import { CHUNK_MS } from '../bench/webm-feed.ts';
import type { Milliseconds } from '../contract/index.ts';
import { NUMBER_MS } from './time-code.ts';

/** A chunk that was captured. */
export type SentChunk = {
  /** When its last sample was captured, ms since 1970. */
  capturedAt: Milliseconds;
  /** When the server's acknowledgement was here; undefined until then. */
  ackedAt?: Milliseconds;
};

/**
 * Audio acknowledged later than this after its capture may have found its place on air filled, in ms; the recording has it.
 * Less than the packager's grace (220 ms with parts of 192 ms).
 */
const IN_TIME_MS: Milliseconds = 200;

/** What an Opus encoder looks ahead, in ms: the end of a number is in the next chunk's first samples. */
const LOOK_AHEAD_MS = 7;

/** What an owner captured, chunk by chunk, and what became of it; tells which numbers must be heard. */
export class SentChunks {
  readonly #chunks: (SentChunk | undefined)[] = [];

  /** Notes a chunk of the feed. */
  add(chunk: number, capturedAt: Milliseconds): SentChunk {
    const sent = { capturedAt };
    this.#chunks[chunk] = sent;
    return sent;
  }

  /** How much was captured, acknowledged and not, in ms. */
  get totals(): { sentMs: Milliseconds; ackedMs: Milliseconds } {
    const sent = this.#chunks.filter((chunk) => chunk !== undefined);
    const acked = sent.filter(({ ackedAt }) => ackedAt !== undefined);
    return { sentMs: sent.length * CHUNK_MS, ackedMs: acked.length * CHUNK_MS };
  }

  /** Whether a number was acknowledged from its beginning to its end: it must be in the recording. */
  isAcked(number: number): boolean {
    return this.#chunksOf(number).every((chunk) => chunk?.ackedAt !== undefined);
  }

  /**
   * Whether it was acknowledged so soon that it must be heard on air, and the number before it, too: where late audio ends,
   * the place of a frame may be half filled.
   */
  isInTime(number: number): boolean {
    const chunks = [...this.#chunksOf(number), ...(number === 0 ? [] : this.#chunksOf(number - 1))];
    return chunks.every((chunk) => chunk?.ackedAt !== undefined && chunk.ackedAt - chunk.capturedAt <= IN_TIME_MS);
  }

  #chunksOf(number: number): (SentChunk | undefined)[] {
    const first = Math.floor((number * NUMBER_MS) / CHUNK_MS);
    const last = Math.ceil(((number + 1) * NUMBER_MS + LOOK_AHEAD_MS) / CHUNK_MS) - 1;
    return Array.from({ length: last - first + 1 }, (_, index) => this.#chunks[first + index]);
  }
}
