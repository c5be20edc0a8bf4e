import type { Milliseconds } from '@awaz/infra/contract';

/** A piece of a container stream as the recorder handed it out. */
export type RecordedChunk = {
  /** Container bytes; kept, not copied. */
  payload: Uint8Array;
  /** Ms since 1970 on this machine's clock at which the last sample was captured. */
  capturedAt: Milliseconds;
  /** Length of the audio; when it is not given, the time since the chunk before. */
  durationMs?: Milliseconds;
};

/** A chunk with its length and the number it was last sent under. */
export type RetainedChunk = { payload: Uint8Array; capturedAt: Milliseconds; durationMs: Milliseconds; seq?: number };

/** Whether an epoch can go on where the server says, or needs a new header. */
export type EpochResume = 'continues' | 'header_needed';

/**
 * The chunks of one epoch that are still held, in order: acknowledged ones (kept because the server may forget some),
 * then those in flight on the present connection, then those not sent yet.
 *
 * The server stores chunks without gaps, so numbers are given out when a chunk is sent and given out anew after each
 * reconnect: when a chunk had to be dropped unsent, the next one takes its number.
 */
export class EpochBuffer {
  /** MIME type of the container stream. */
  readonly format: string;
  /** The server's id of the epoch; undefined until it answered a hello for it. */
  id: string | undefined;

  readonly #chunks: RetainedChunk[] = [];
  #acked = 0;
  #sent = 0;
  #nextSeq = 0;
  #holdsHeader = true;
  #lastCapturedAt: Milliseconds | undefined;

  constructor(format: string) {
    this.format = format;
  }

  /** Adds a chunk at the end and returns its length in ms. */
  push({ payload, capturedAt, durationMs }: RecordedChunk): Milliseconds {
    const sinceLast = this.#lastCapturedAt === undefined ? 0 : Math.max(0, capturedAt - this.#lastCapturedAt);
    this.#lastCapturedAt = capturedAt;
    const length = durationMs ?? sinceLast;
    this.#chunks.push({ payload, capturedAt, durationMs: length });
    return length;
  }

  /** The chunks that no acknowledgement covers, oldest first. */
  get unacked(): readonly RetainedChunk[] {
    return this.#chunks.slice(this.#acked);
  }

  /** Whether all chunks are acknowledged. */
  get drained(): boolean {
    return this.#acked === this.#chunks.length;
  }

  /** Whether something is sent that is not acknowledged yet. */
  get inFlight(): boolean {
    return this.#sent > this.#acked;
  }

  /** Bytes of what is sent and not acknowledged yet. */
  get inFlightBytes(): number {
    return bytesOf(this.#chunks.slice(this.#acked, this.#sent));
  }

  /** Whether the chunk with the container's header is still held, so that the epoch can be sent again from there. */
  get holdsHeader(): boolean {
    return this.#holdsHeader;
  }

  /** The next chunk to send, without taking it; undefined when all are sent. */
  get nextUnsent(): RetainedChunk | undefined {
    return this.#chunks[this.#sent];
  }

  /** Takes the next chunk to send and numbers it. */
  takeUnsent(): (RetainedChunk & { seq: number }) | undefined {
    const chunk = this.#chunks[this.#sent];
    if (chunk === undefined) return undefined;
    this.#sent++;
    chunk.seq = this.#nextSeq++;
    return chunk as RetainedChunk & { seq: number };
  }

  /** Marks all chunks up to `seq` as acknowledged; returns those that were not before. */
  acknowledge(seq: number): RetainedChunk[] {
    const from = this.#acked;
    while (this.#acked < this.#sent && (this.#chunks[this.#acked]?.seq ?? Number.POSITIVE_INFINITY) <= seq) {
      this.#acked++;
    }
    return this.#chunks.slice(from, this.#acked);
  }

  /** Forgets acknowledged chunks captured before `before`, never the newest acknowledged one. */
  trimAcked(before: Milliseconds): void {
    while (this.#acked > 1 && (this.#chunks[0]?.capturedAt ?? before) < before) this.#removeAt(0);
  }

  /**
   * Drops the oldest unacknowledged chunk and returns it. The epoch's first chunk carries the container's header, without
   * which nothing after it can be decoded: it is spared unless `evenHeader` is set.
   */
  dropOldestUnacked(evenHeader: boolean): RetainedChunk | undefined {
    const spared = this.#holdsHeader && this.#acked === 0 && !evenHeader ? 1 : 0;
    const index = this.#acked + spared;
    const chunk = this.#chunks[index];
    if (chunk !== undefined) this.#removeAt(index);
    return chunk;
  }

  /**
   * Sets what to send next from the server's answer to a hello for this epoch. Chunks before `nextSeq` count as
   * acknowledged, those from it on as unsent, even if they had been acknowledged (the server lost its newest ones).
   */
  resumeAt(nextSeq: number): EpochResume {
    const forgotten = this.#chunks.slice(0, this.#acked).some((chunk) => chunk.seq === nextSeq);
    const ackedUpTo = this.#acked === 0 ? -1 : (this.#chunks[this.#acked - 1]?.seq ?? -1);
    if (nextSeq > this.#nextSeq || (nextSeq <= ackedUpTo && !forgotten)) return 'header_needed';
    const isStored = (chunk: RetainedChunk) => chunk.seq !== undefined && chunk.seq < nextSeq;
    this.#acked = this.#chunks.filter(isStored).length;
    this.#sent = this.#acked;
    this.#nextSeq = nextSeq;
    for (const chunk of this.#chunks.slice(this.#acked)) delete chunk.seq;
    return 'continues';
  }

  /** Prepares sending everything again from the header, under a new epoch. False when the header is gone. */
  restart(): boolean {
    if (!this.#holdsHeader) return false;
    for (const chunk of this.#chunks) delete chunk.seq;
    this.id = undefined;
    this.#acked = 0;
    this.#sent = 0;
    this.#nextSeq = 0;
    return true;
  }

  #removeAt(index: number): void {
    this.#chunks.splice(index, 1);
    if (index < this.#acked) this.#acked--;
    if (index < this.#sent) this.#sent--;
    if (index === 0) this.#holdsHeader = false;
  }
}

/** Sum of the payloads. */
export function bytesOf(chunks: readonly RetainedChunk[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.payload.byteLength, 0);
}

/** Sum of the lengths. */
export function millisecondsOf(chunks: readonly RetainedChunk[]): Milliseconds {
  return chunks.reduce((sum, chunk) => sum + chunk.durationMs, 0);
}
