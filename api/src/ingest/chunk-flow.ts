import { TagReader } from '@awaz/infra/containers';
import { AwazError, programmeTextOf } from '@awaz/infra/contract';
import type { Logger } from '@awaz/infra/runtime';
import { AckPacer } from './ack-pacer.ts';
import { ChunkIntake } from './chunk-intake.ts';
import { chunkOf, type IngestInput, type IngestOpening } from './ingest-input.ts';
import type { IngestLink } from './ingest-link.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import type { Publication } from './publication.ts';
import type { OpenedPublication } from './publication-opening.ts';
import type { TitleEntrance } from './title-entrance.ts';
import type { UplinkFigures } from './uplink-quality.ts';

/** A message of a client and when it came, ms since 1970. */
export type ArrivedInput = { input: IngestInput; arrivedAt: number };

/** A title that an owner sends. */
export type TitleInput = Extract<IngestInput, { kind: 'metadata' }>;

/** What a flow is made of. */
export type ChunkFlowOptions = {
  opened: OpenedPublication;
  opening: IngestOpening;
  /** When the message came that opened it. */
  openedAt: number;
  link: IngestLink;
  metrics: IngestMetrics;
  titles: TitleEntrance;
  logger: Logger;
  /** Ends what waits. */
  signal: AbortSignal;
};

/** The chunks of one connection on their way into the log, one after the other. `close` sends no more acknowledgements. */
export class ChunkFlow {
  readonly #options: ChunkFlowOptions;
  readonly #publication: Publication;
  readonly #intake: ChunkIntake;
  readonly #acks: AckPacer;
  #nextSeq: number;
  /** Server time of the newest sample. */
  #capturedAt: number | undefined;
  #tags: TagReader | undefined;
  #ownerSetsTitles = false;

  constructor(options: ChunkFlowOptions) {
    const { opened, opening, openedAt, link, logger } = options;
    const { before, continuesEpoch, continuesBroadcast } = opened;
    this.#options = options;
    this.#publication = opened.publication;
    this.#nextSeq = opened.nextSeq;
    const fresh = !continuesEpoch || opened.nextSeq === 0;
    if (fresh) this.#tags = new TagReader();
    this.#intake = new ChunkIntake({
      format: opening.format,
      fresh,
      resumed: continuesBroadcast,
      clock: { offsetMs: before?.clockOffsetMs, capturedAt: continuesEpoch ? before?.capturedAt : undefined },
      now: openedAt,
      logger,
    });
    if (opening.clientTime !== undefined) this.#intake.clock.greeted(opening.clientTime, openedAt);
    this.#acks = new AckPacer((seq) => link.send({ type: 'ack', seq, serverTime: Date.now() }));
    this.#publication.onTrouble = () =>
      link.send({ type: 'notice', code: 'storage_slow', message: 'The server is slow to store audio. Keep sending.' });
  }

  /** First chunk that is still missing, in the client's numbers. */
  get nextSeq(): number {
    return this.#nextSeq;
  }

  /** Takes the time of a round trip to the client. */
  roundTrip(ms: number): void {
    this.#intake.clock.measured(ms);
  }

  /** Figures of the uplink now. */
  quality(now: number): UplinkFigures {
    return this.#intake.quality.report(now);
  }

  /** Whether the upload is too slow, by the figures so far; undefined while neither is certain. */
  get isSlow(): boolean | undefined {
    return this.#intake.quality.isSlow;
  }

  /** Stores the chunk of a message and acknowledges it. Throws what the connection has to be ended with. */
  async take({ input, arrivedAt }: ArrivedInput): Promise<void> {
    const { mode } = this.#options.opening;
    const { seq, clientTime, payload } = chunkOf(input, mode, this.#nextSeq);
    if (mode === 'simple' && payload.byteLength === 0) return;
    if (seq > this.#nextSeq) {
      throw new AwazError(
        'bad_message',
        `Chunk ${seq} came, but ${this.#nextSeq} is the next one. Connect again and send from nextSeq on.`,
      );
    }
    if (seq === this.#nextSeq) await this.#store({ seq, clientTime, payload, arrivedAt });
    this.#acks.stored(this.#nextSeq - 1);
  }

  /** Sets a title that the owner sends; the stream's own tags are left alone from then on. */
  async setTitle({ change, capturedAt }: TitleInput, arrivedAt: number): Promise<void> {
    this.#tags = undefined;
    this.#ownerSetsTitles = true;
    const captured = capturedAt === undefined ? undefined : this.#intake.clock.serverTime(capturedAt);
    await this.#options.titles.set(change, captured ?? this.#capturedAt ?? arrivedAt);
  }

  /** Acknowledges what is stored now. */
  flush(): void {
    this.#acks.flush();
  }

  /** Acknowledges nothing more. */
  close(): void {
    this.#acks.close();
  }

  async #store(chunk: {
    seq: number;
    clientTime: number | undefined;
    payload: Uint8Array;
    arrivedAt: number;
  }): Promise<void> {
    const { metrics, signal } = this.#options;
    const { seq, payload, arrivedAt } = chunk;
    const { capturedAt, startsStream } = this.#intake.judge(chunk);
    if (startsStream) await this.#startInnerEpoch(seq);
    if (startsStream && !this.#ownerSetsTitles) this.#tags = new TagReader();
    await this.#readTags(payload, this.#capturedAt ?? capturedAt);
    this.#capturedAt = capturedAt;
    const clockOffsetMs = this.#intake.clock.offsetMs;
    const accepted = { seq, capturedAt, receivedAt: arrivedAt, payload, clockOffsetMs };
    this.#nextSeq = await this.#publication.store(accepted, signal);
    metrics.chunks.inc();
    metrics.bytes.inc(payload.byteLength);
    metrics.append.observe(Math.max(0, Date.now() - arrivedAt) / 1000);
  }

  async #readTags(payload: Uint8Array, capturedAt: number): Promise<void> {
    const tags = this.#tags?.push(payload);
    const title = programmeTextOf(tags?.title);
    if (title === undefined) return;
    const track = { title, artist: programmeTextOf(tags?.artist) ?? '' };
    await this.#options.titles.set({ track }, capturedAt);
  }

  async #startInnerEpoch(seq: number): Promise<void> {
    const { opening, link, logger, signal } = this.#options;
    await this.#publication.startInnerEpoch(seq, opening.format.mime, signal);
    logger.info({ seq, epoch: this.#publication.logEpoch }, 'a container header in the middle began another epoch');
    link.send({
      type: 'notice',
      code: 'new_epoch',
      message: `Chunk ${seq} begins another container stream. It is played as one; go on with the same numbers.`,
    });
  }
}
