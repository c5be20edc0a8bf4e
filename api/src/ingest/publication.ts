import type { BroadcastRegistry, LiveRecord } from '@awaz/infra/broadcasts';
import { type AppendResult, appendEnd, type ChunkLogWriter, type ClientNumbering } from '@awaz/infra/chunk-log';
import { AwazError, type EndReason } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';
import { pause } from '@awaz/infra/runtime';
import { BroadcastOver, replacedError } from './broadcast-over.ts';

/** How long storing is tried before the client has to connect again, in ms; the client keeps its audio meanwhile. */
export const STORE_PATIENCE_MS = 10_000;

/** Wait between two tries, in ms. */
const RETRY_MS = 100;

/** A chunk as it is stored; `seq` in the client's numbers. */
export type AcceptedChunk = {
  seq: number;
  capturedAt: number;
  receivedAt: number;
  payload: Uint8Array;
  clockOffsetMs: number | undefined;
};

/** What a publication is made of; see `openPublication`. */
export type PublicationParts = {
  handle: RedisHandle;
  registry: BroadcastRegistry;
  writer: ChunkLogWriter;
  record: LiveRecord;
  token: string;
  /** Whether the broadcast began with this connection. */
  begun: boolean;
  /** The open epoch in the log, and what the client calls it. */
  logEpoch: string;
  numbering: ClientNumbering;
  /** Whether the server gives the numbers: then a log that lost its newest chunks is no gap. */
  serverNumbers: boolean;
};

/** One connection's right to publish, and its way into the chunk log. Whoever opened it has to `release` it. */
export class Publication {
  readonly station: string;
  readonly broadcastId: string;
  /** Whether the broadcast began with this connection. */
  readonly begun: boolean;
  /** Called when storing takes long; once for each time of trouble. */
  onTrouble: () => void = () => undefined;
  readonly #parts: PublicationParts;
  #logEpoch: string;
  #firstSeq: number;
  #innerEpochs = 0;

  constructor(parts: PublicationParts) {
    this.#parts = parts;
    this.station = parts.record.station;
    this.broadcastId = parts.record.broadcastId;
    this.begun = parts.begun;
    this.#logEpoch = parts.logEpoch;
    this.#firstSeq = parts.numbering.firstSeq;
    this.#innerEpochs = Number(parts.logEpoch.split('.')[1] ?? 0);
  }

  /** The token of the lease. */
  get token(): string {
    return this.#parts.token;
  }

  /** The epoch as the client knows it. */
  get epoch(): string {
    return this.#parts.numbering.clientEpoch;
  }

  /** The epoch as the chunk log knows it. */
  get logEpoch(): string {
    return this.#logEpoch;
  }

  /**
   * Stores a chunk; settles with the number that the client has to send next. Waits out trouble with Redis for
   * {@link STORE_PATIENCE_MS}. Throws `internal` (retryable), `replaced`, or {@link BroadcastOver}.
   */
  async store(chunk: AcceptedChunk, signal: AbortSignal): Promise<number> {
    for (;;) {
      const stored = { ...chunk, epoch: this.#logEpoch, seq: chunk.seq - this.#firstSeq };
      const result = await this.#patiently(() => this.#parts.writer.append(stored), signal);
      switch (result.outcome) {
        case 'stored':
        case 'duplicate':
          return result.nextSeq + this.#firstSeq;
        case 'gap':
          this.#gap(chunk.seq, result.nextSeq);
          break;
        default:
          await this.#recover(result.outcome);
      }
    }
  }

  /** A container header came in the middle: chunks from the client's `firstSeq` on are another stream. Throws as `store`. */
  async startInnerEpoch(firstSeq: number, format: string, signal: AbortSignal): Promise<void> {
    const logEpoch = `${this.epoch}.${this.#innerEpochs + 1}`;
    const client = { clientEpoch: this.epoch, firstSeq };
    for (;;) {
      const result = await this.#patiently(() => this.#parts.writer.openEpoch(logEpoch, format, client), signal);
      if (result.outcome === 'stored') break;
      await this.#recover(result.outcome);
    }
    this.#innerEpochs++;
    this.#logEpoch = logEpoch;
    this.#firstSeq = firstSeq;
  }

  /** Keeps the lease. Throws `replaced` or {@link BroadcastOver} when it is lost for good. */
  async renew(): Promise<void> {
    if (!(await this.#parts.registry.renew(this.station, this.token))) await this.#recover('replaced');
  }

  /** Asks for the end of the broadcast after all that is stored; settles when that is stored, too. */
  async end(reason: EndReason, signal: AbortSignal): Promise<void> {
    await this.#patiently(() => appendEnd(this.#parts.handle, this.#parts.record, reason), signal);
  }

  /** Whether own audio was heard, and why the broadcast is over if it is. */
  async state(): Promise<{ onAir: boolean; over: EndReason | undefined }> {
    const record = await this.#parts.registry.get(this.station);
    if (record?.broadcastId !== this.broadcastId) return { onAir: false, over: 'failed' };
    const over = record.state === 'ended' ? (record.reason ?? 'failed') : undefined;
    return { onAir: record.onAir, over };
  }

  /** Gives the lease back, if it is still ours. */
  async release(): Promise<void> {
    await this.#parts.registry.release(this.station, this.token);
  }

  #gap(seq: number, logNextSeq: number): void {
    if (!this.#parts.serverNumbers) {
      throw new AwazError('internal', 'The server has lost its newest chunks. Connect again and send from nextSeq on.');
    }
    this.#firstSeq = seq - logNextSeq;
  }

  /** Returns when the call may be made again; throws what became of the publication otherwise. */
  async #recover(outcome: AppendResult['outcome']): Promise<void> {
    const { registry, token } = this.#parts;
    const lease = { broadcastId: this.broadcastId, epoch: this.#logEpoch, token };
    if (outcome === 'replaced' && (await registry.reclaim(this.station, lease))) return;
    const record = await registry.get(this.station);
    if (record?.broadcastId !== this.broadcastId) throw new BroadcastOver('failed');
    const over = record.state === 'ended' ? (record.reason ?? 'failed') : record.ending;
    throw over === undefined ? replacedError() : new BroadcastOver(over);
  }

  async #patiently<Result>(call: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    const deadline = performance.now() + STORE_PATIENCE_MS;
    for (let tries = 0; ; tries++) {
      try {
        return await withDeadline(call(), deadline - performance.now());
      } catch (cause) {
        signal.throwIfAborted();
        if (performance.now() >= deadline) {
          const message = 'The server cannot store audio at the moment. Keep it and connect again.';
          throw new AwazError('internal', message, { cause, retryAfterMs: 1000 });
        }
        if (tries === 0) this.onTrouble();
        await pause(RETRY_MS, signal);
        signal.throwIfAborted();
      }
    }
  }
}

function withDeadline<Result>(work: Promise<Result>, ms: number): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Redis did not answer within ${Math.round(ms)} ms.`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
