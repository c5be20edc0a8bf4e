import type { Milliseconds } from '@awaz/infra/contract';
import { bytesOf, EpochBuffer, millisecondsOf, type RecordedChunk, type RetainedChunk } from './epoch-buffer.ts';
import { type LostAudio, lossOf } from './lost-audio.ts';

/** Longest unacknowledged audio that is kept, in ms. */
export const MAX_UNACKED_MS = 60_000;

/** Most unacknowledged bytes that are kept: enough for 60 s of 192 kHz stereo PCM. */
export const MAX_UNACKED_BYTES = 48 * 1_048_576;

/** Acknowledged audio that is kept in case the server forgets its newest chunks, in ms. */
export const KEEP_ACKED_MS = 5000;

/** Sums over all epochs of one client. */
export type BacklogTotals = {
  /** Recorded since the beginning. */
  recordedMs: Milliseconds;
  recordedBytes: number;
  /** Acknowledged by the server. */
  ackedMs: Milliseconds;
  ackedBytes: number;
  /** Waiting to be sent, or sent and not acknowledged. */
  unackedMs: Milliseconds;
  unackedBytes: number;
  /** Given up. */
  lostMs: Milliseconds;
};

/**
 * All audio that is held, epoch by epoch; the front epoch is the one being sent. Caps: {@link MAX_UNACKED_MS} and
 * {@link MAX_UNACKED_BYTES}; the loser is the oldest unacknowledged chunk (a container header is spared while the epoch
 * goes on).
 */
export class ChunkBacklog {
  readonly #epochs: EpochBuffer[] = [];
  readonly #totals: BacklogTotals = {
    recordedMs: 0,
    recordedBytes: 0,
    ackedMs: 0,
    ackedBytes: 0,
    unackedMs: 0,
    unackedBytes: 0,
    lostMs: 0,
  };

  /** The epoch being sent; undefined before the first. */
  get front(): EpochBuffer | undefined {
    return this.#epochs[0];
  }

  /** Whether another epoch waits behind the front one. */
  get hasNext(): boolean {
    return this.#epochs.length > 1;
  }

  /** Whether everything is acknowledged. */
  get drained(): boolean {
    return this.#epochs.every((epoch) => epoch.drained);
  }

  /** Sums so far; a copy. */
  get totals(): BacklogTotals {
    return { ...this.#totals };
  }

  /** Begins an epoch behind the others. */
  startEpoch(format: string): void {
    this.#epochs.push(new EpochBuffer(format));
  }

  /** Adds a chunk to the newest epoch; returns what had to be dropped for it: the chunk itself when there is no epoch. */
  push(chunk: RecordedChunk): LostAudio | undefined {
    const newest = this.#epochs.at(-1);
    this.#totals.recordedBytes += chunk.payload.byteLength;
    if (newest === undefined) return this.#refuse(chunk);
    const durationMs = newest.push(chunk);
    this.#totals.recordedMs += durationMs;
    this.#totals.unackedMs += durationMs;
    this.#totals.unackedBytes += chunk.payload.byteLength;
    return this.#enforceCaps();
  }

  /** Takes the server's acknowledgement of the front epoch up to `seq`. */
  acknowledge(seq: number): void {
    const front = this.front;
    if (front === undefined) return;
    const newly = front.acknowledge(seq);
    this.#countAcked(newly, 1);
    const newest = newly.at(-1);
    if (newest !== undefined) front.trimAcked(newest.capturedAt - KEEP_ACKED_MS);
  }

  /** Sets the front epoch to the server's position; see {@link EpochBuffer.resumeAt}. */
  resumeAt(nextSeq: number): 'continues' | 'header_needed' {
    return this.#recount((front) => front.resumeAt(nextSeq)) ?? 'header_needed';
  }

  /** Prepares the front epoch to be sent from its header again. False when the header is gone. */
  restartFront(): boolean {
    return this.#recount((front) => front.restart()) ?? false;
  }

  /** Drops the front epoch; returns its unacknowledged audio, which is lost. */
  dropFront(): LostAudio | undefined {
    const dropped = this.#epochs.shift();
    const unacked = dropped?.unacked ?? [];
    this.#forget(unacked);
    return lossOf(unacked);
  }

  #refuse({ durationMs = 0, ...chunk }: RecordedChunk): LostAudio | undefined {
    this.#totals.recordedMs += durationMs;
    this.#totals.lostMs += durationMs;
    return lossOf([{ ...chunk, durationMs }]);
  }

  #recount<Result>(change: (front: EpochBuffer) => Result): Result | undefined {
    const front = this.front;
    if (front === undefined) return undefined;
    const before = front.unacked;
    const result = change(front);
    this.#countAcked(front.unacked, -1);
    this.#countAcked(before, 1);
    return result;
  }

  #countAcked(chunks: readonly RetainedChunk[], sign: 1 | -1): void {
    const bytes = sign * bytesOf(chunks);
    const durationMs = sign * millisecondsOf(chunks);
    this.#totals.ackedBytes += bytes;
    this.#totals.unackedBytes -= bytes;
    this.#totals.ackedMs += durationMs;
    this.#totals.unackedMs -= durationMs;
  }

  #enforceCaps(): LostAudio | undefined {
    const dropped: RetainedChunk[] = [];
    while (this.#totals.unackedMs > MAX_UNACKED_MS || this.#totals.unackedBytes > MAX_UNACKED_BYTES) {
      const chunk = this.#dropOldest();
      if (chunk === undefined) break;
      this.#forget([chunk]);
      dropped.push(chunk);
    }
    return lossOf(dropped);
  }

  #dropOldest(): RetainedChunk | undefined {
    for (const [index, epoch] of this.#epochs.entries()) {
      const goesOn = index === this.#epochs.length - 1;
      const chunk = epoch.dropOldestUnacked(false) ?? (goesOn ? undefined : epoch.dropOldestUnacked(true));
      if (chunk !== undefined) return chunk;
    }
    return undefined;
  }

  #forget(chunks: readonly RetainedChunk[]): void {
    this.#totals.unackedMs -= millisecondsOf(chunks);
    this.#totals.unackedBytes -= bytesOf(chunks);
    this.#totals.lostMs += millisecondsOf(chunks);
  }
}
