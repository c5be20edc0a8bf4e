import { type ContainerScanner, createScanner, type RestartPoint } from '@awaz/infra/containers';
import type { Container, IngestFormat, Milliseconds } from '@awaz/infra/contract';

/** Least audio in a chunk, in ms; a chunk ends with the unit (block, page, frame) that reaches it. */
export const CHUNK_MS: Milliseconds = 60;

/** Most bytes in a chunk that a unit does not force to be longer. */
const MAX_CUT_BYTES = 262_144;

/** Bytes given to the scanner at once: as little as 10 ms, so that a chunk ends where its last unit does. */
const STEP_MS = 10;
const MIN_STEP_BYTES = 64;
const MAX_STEP_BYTES = 8192;

/** Containers whose units carry no time. */
const TIMELESS: ReadonlySet<Container> = new Set(['adts', 'mp3', 'wav', 'l16']);

/** A piece of the stream to be sent as one chunk. */
export type CutChunk = {
  payload: Uint8Array;
  /** Media time at its end, ms since the beginning of the first epoch. */
  mediaMs: Milliseconds;
  /** Length of its audio in ms. */
  durationMs: Milliseconds;
  /** Whether another container stream begins with it. */
  beginsEpoch: boolean;
};

/**
 * Cuts a container stream that comes in pieces of any size into chunks at unit boundaries, each with its media time. A
 * container header in the middle begins an epoch.
 */
export class ChunkCutter {
  readonly #format: IngestFormat;
  #scanner: ContainerScanner;
  /** Bytes that are not cut yet, and where they begin in the container stream. */
  #held: Uint8Array = new Uint8Array(0);
  #heldFrom = 0;
  #scanned = 0;
  #mediaMs: Milliseconds;
  #epochStartMs: Milliseconds;
  #beginsEpoch = true;
  #bytesPerMs = 16;
  #header: Uint8Array | undefined;

  /** `startMs`: media time at which this stream begins. */
  constructor(format: IngestFormat, startMs: Milliseconds = 0) {
    this.#format = format;
    this.#scanner = createScanner(format);
    this.#mediaMs = startMs;
    this.#epochStartMs = startMs;
  }

  /** Media time at the end of the last chunk, in ms. */
  get mediaMs(): Milliseconds {
    return this.#mediaMs;
  }

  /**
   * What an epoch that begins with the next chunk has to be given first; undefined where chunks carry times that only
   * make sense after those before them, so that the stream has to begin anew.
   */
  get headerToGoOn(): Uint8Array | undefined {
    return TIMELESS.has(this.#format.container) ? this.#header : undefined;
  }

  /** Takes the next bytes; hands out chunks as they are found. Throws `bad_media` when the bytes are not the format. */
  *cut(bytes: Uint8Array): Generator<CutChunk> {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    while (this.#scanned < this.#heldFrom + this.#held.length) {
      const from = this.#scanned - this.#heldFrom;
      const step = this.#held.subarray(from, from + this.#stepBytes);
      const report = this.#scanner.scan(step);
      this.#scanned += step.length;
      this.#keepHeader(report.restartPoints[0]);
      if (report.newStreamAt !== undefined) {
        yield* this.#nextStream(report.newStreamAt + this.#scanned - step.length);
        continue;
      }
      if (this.#isFull) yield this.#take(this.#scanner.sourceOffset);
    }
  }

  /** The rest, at the end of the stream; undefined when there is none. */
  flush(): CutChunk | undefined {
    return this.#held.length === 0 ? undefined : this.#take(this.#heldFrom + this.#held.length);
  }

  /** What comes before the first sample of a WAV is its header; frames and raw samples stand alone. */
  #keepHeader(point: RestartPoint | undefined): void {
    if (point === undefined || this.#header !== undefined) return;
    const length = this.#format.container === 'wav' ? point.sourceOffset : 0;
    this.#header = this.#held.slice(0, length);
  }

  get #stepBytes(): number {
    return Math.max(MIN_STEP_BYTES, Math.min(MAX_STEP_BYTES, Math.floor(this.#bytesPerMs * STEP_MS)));
  }

  get #scannedMs(): Milliseconds {
    const { sampleRate, samples } = this.#scanner;
    return sampleRate === undefined ? this.#epochStartMs : this.#epochStartMs + (samples * 1000) / sampleRate;
  }

  get #isFull(): boolean {
    const bytes = this.#scanner.sourceOffset - this.#heldFrom;
    return bytes > 0 && (this.#scannedMs - this.#mediaMs >= CHUNK_MS || bytes >= MAX_CUT_BYTES);
  }

  #take(end: number): CutChunk {
    const payload = this.#held.subarray(0, end - this.#heldFrom);
    this.#held = this.#held.subarray(payload.length);
    this.#heldFrom = end;
    const durationMs = this.#scannedMs - this.#mediaMs;
    this.#mediaMs = this.#scannedMs;
    const { mediaMs } = this;
    if (durationMs > 0) this.#bytesPerMs = payload.length / durationMs;
    const beginsEpoch = this.#beginsEpoch;
    this.#beginsEpoch = false;
    return { payload, mediaMs, durationMs, beginsEpoch };
  }

  *#nextStream(at: number): Generator<CutChunk> {
    if (at > this.#heldFrom) yield this.#take(at);
    this.#scanner = createScanner(this.#format);
    this.#epochStartMs = this.#mediaMs;
    this.#heldFrom = 0;
    this.#scanned = 0;
    this.#beginsEpoch = true;
  }
}
