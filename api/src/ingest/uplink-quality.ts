import type { Milliseconds } from '@awaz/infra/contract';
import { UplinkLateness } from './uplink-lateness.ts';

/** The rate is the mean of this many reports. */
const RATE_REPORTS = 4;

/** What is measured of an owner's uplink. */
export type UplinkFigures = {
  kbps: number;
  jitterMs: number;
  lostChunks: number;
  /** How much later audio arrives than at its best within 30 s. */
  lateMs: number;
};

/** A chunk that arrived. */
export type UplinkChunk = {
  bytes: number;
  arrivedAt: Milliseconds;
  /** On any clock that runs with the audio. */
  mediaTime: Milliseconds;
  /** Whether that is a clock of the client's, which goes on in pauses; not when left out. */
  isClientClock?: boolean;
};

/** Measures the rate and the evenness of arriving chunks. */
export class UplinkQuality {
  #bytes = 0;
  #lostChunks = 0;
  #jitterMs: Milliseconds = 0;
  #last: { arrivedAt: Milliseconds; mediaTime: Milliseconds } | undefined;
  readonly #lateness = new UplinkLateness();
  readonly #marks: { at: Milliseconds; bytes: number }[];

  constructor(now: Milliseconds) {
    this.#marks = [{ at: now, bytes: 0 }];
  }

  /** Takes a chunk. */
  arrived(chunk: UplinkChunk): void {
    this.#bytes += chunk.bytes;
    this.#lateness.arrived(chunk.arrivedAt, chunk.mediaTime, chunk.isClientClock ?? false);
    if (this.#last !== undefined) {
      // RFC 3550 6.4.1: J(i) = J(i-1) + (|D(i-1,i)| - J(i-1))/16
      const step = chunk.arrivedAt - this.#last.arrivedAt - (chunk.mediaTime - this.#last.mediaTime);
      this.#jitterMs += (Math.abs(step) - this.#jitterMs) / 16;
    }
    this.#last = { arrivedAt: chunk.arrivedAt, mediaTime: chunk.mediaTime };
  }

  /** Takes chunks that the client can no longer send. */
  lost(chunks: number): void {
    this.#lostChunks += chunks;
  }

  /** The figures now; to be asked about once a second. */
  report(now: Milliseconds): UplinkFigures {
    const since = this.#marks[0] ?? { at: now, bytes: this.#bytes };
    const elapsed = now - since.at;
    const kbps = elapsed > 0 ? ((this.#bytes - since.bytes) * 8) / elapsed : 0;
    this.#marks.push({ at: now, bytes: this.#bytes });
    if (this.#marks.length > RATE_REPORTS) this.#marks.shift();
    return {
      kbps: Math.round(kbps),
      jitterMs: Math.round(this.#jitterMs),
      lostChunks: this.#lostChunks,
      lateMs: this.#lateness.report(),
    };
  }

  /** Whether the upload is too slow for its audio, by the reports so far; undefined while neither is certain. */
  get isSlow(): boolean | undefined {
    return this.#lateness.isSlow;
  }
}
