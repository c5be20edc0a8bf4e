import type { AlarmBoard } from '@awaz/infra/alarms';
import { AwazError, type EndReason, ERROR_TABLE, parseIngestFormat } from '@awaz/infra/contract';
import type { QualityBoard } from '@awaz/infra/quality';
import type { BusMessage } from '@awaz/infra/redis';
import { type Logger, pause } from '@awaz/infra/runtime';
import type { TitleRequests } from '@awaz/infra/titles';
import type { PublisherAuth } from '../auth/index.ts';
import { BroadcastOver, errorForEnd, replacedError } from './broadcast-over.ts';
import { type ArrivedInput, ChunkFlow } from './chunk-flow.ts';
import { Inbox } from './inbox.ts';
import { chunkOf, type IngestInput, type IngestOpening, type IngestQuery, openingOf } from './ingest-input.ts';
import { errorMessage, type IngestLink, NORMAL_CLOSE } from './ingest-link.ts';
import type { IngestMetrics } from './ingest-metrics.ts';
import { OwnerAlarms } from './owner-alarms.ts';
import type { Publication } from './publication.ts';
import { PublicationKeeper, type UplinkReport } from './publication-keeper.ts';
import { openPublication, type PublicationContext, requirePlace } from './publication-opening.ts';
import type { PublisherPlace } from './publisher-admission.ts';
import type { RefusalLog } from './refusal-log.ts';
import { type SoundFigures, soundHeard, UNMEASURED } from './sound-figures.ts';
import { requireStart } from './stream-beginning.ts';
import { TitleEntrance } from './title-entrance.ts';

/** Bytes received and not stored beyond which a connection is no longer read; the client keeps its audio. */
export const MAX_UNSTORED_BYTES = 4 * 1_048_576;

/** Bytes not stored at which a connection that cannot be paused is ended; the client connects again. */
const MAX_UNPAUSED_BYTES = 32 * 1_048_576;

/** What a waiting message counts at least, in bytes. */
const MESSAGE_OVERHEAD_BYTES = 256;

/** How long the end of a broadcast is waited for, in ms. */
const END_PATIENCE_MS = 8000;

/** Wait between two looks whether it has ended, in ms; a message on the bus is quicker. */
const END_LOOK_MS = 500;

/** What all sessions of a node share. */
export type IngestContext = PublicationContext & {
  auth: PublisherAuth;
  titles: Pick<TitleRequests, 'add'>;
  metrics: IngestMetrics;
  refusals: RefusalLog;
  quality: Pick<QualityBoard, 'exchange'>;
  alarms: Pick<AlarmBoard, 'set'>;
  logger: Logger;
  /** How long the first message may take, in ms. */
  helloTimeoutMs: number;
};

/** What a connection says of itself before its first message. */
export type IngestClaim = { station: string; secret: string; address: string; query: IngestQuery };

/** What a session is made of. */
export type IngestSessionOptions = { context: IngestContext; link: IngestLink; claim: IngestClaim };

/** The client's end of the connection is gone. */
class LinkLost extends Error {}

/** What exists while a session publishes. */
type Publishing = { publication: Publication; flow: ChunkFlow; keeper: PublicationKeeper; alarms: OwnerAlarms };

/**
 * One connection of an owner, whatever carries it: authorises, opens the publication, stores chunks in order and
 * acknowledges them, until the client ends the broadcast, leaves, or something is wrong.
 */
export class IngestSession {
  /** Settles when the session is over and everything given back. */
  readonly done: Promise<void>;
  readonly #options: IngestSessionOptions;
  readonly #abort = new AbortController();
  readonly #ended = new AbortController();
  readonly #inbox: Inbox<ArrivedInput>;
  readonly #place: PublisherPlace;
  #logger: Logger;
  #keyId: string | undefined;
  #publishing: Publishing | undefined;
  #ending = false;
  #onAir = false;
  #rttMs: number | null = null;
  #sound: SoundFigures = UNMEASURED;

  constructor(options: IngestSessionOptions) {
    this.#options = options;
    const { link, claim, context } = options;
    this.#logger = context.logger.child({ station: claim.station.slice(0, 60), transport: link.transport });
    this.#inbox = new Inbox({
      maxBytes: MAX_UNSTORED_BYTES,
      onFull: () => link.pause(),
      onRoom: () => link.resume(),
    });
    this.#place = context.admission.place();
    this.done = this.#run();
  }

  /** Takes a message of the client. */
  push(input: IngestInput): void {
    if (this.#abort.signal.aborted) return;
    this.#inbox.push({ input, arrivedAt: Date.now() }, sizeOf(input) + MESSAGE_OVERHEAD_BYTES);
    if (this.#inbox.bytes > MAX_UNPAUSED_BYTES) {
      this.stop(new AwazError('internal', 'Too much audio waits to be stored. Connect again and send it more slowly.'));
    }
  }

  /** Ends the session with an error that is told to the client. */
  stop(error: AwazError | BroadcastOver): void {
    this.#abort.abort(error);
  }

  /** The connection is gone. */
  linkLost(): void {
    this.#abort.abort(new LinkLost('The client is gone.'));
  }

  /** Takes the time of a round trip to the client. */
  roundTrip(ms: number): void {
    this.#rttMs = Math.round(ms);
    this.#publishing?.flow.roundTrip(ms);
  }

  /** Takes what a program said to all. */
  heard(message: BusMessage): void {
    if (!('station' in message) || message.station !== this.#options.claim.station) return;
    if (message.type === 'station_removed') this.stop(new BroadcastOver('station_removed'));
    else if (message.type === 'key_revoked' && message.keyId === this.#keyId)
      this.stop(new BroadcastOver('key_revoked'));
    else if (this.#publishing !== undefined) this.#heardOf(this.#publishing.publication, message);
  }

  #heardOf(publication: Publication, message: BusMessage): void {
    const isOurs = 'broadcastId' in message && message.broadcastId === publication.broadcastId;
    if (message.type === 'publisher_replaced' && message.token === publication.token) {
      this.stop(replacedError());
    } else if (isOurs && message.type === 'broadcast_on_air') {
      this.#onAir = true;
    } else if (isOurs && message.type === 'media_refused' && message.epoch === publication.logEpoch) {
      this.stop(new AwazError('bad_media', `The audio cannot be decoded: ${message.detail}`));
    } else if (isOurs && message.type === 'broadcast_ended') {
      if (this.#ending) this.#ended.abort();
      else this.stop(new BroadcastOver(message.reason as EndReason));
    }
  }

  async #run(): Promise<void> {
    try {
      await this.#publish();
    } catch (error) {
      await this.#fail(error);
    } finally {
      await this.#giveBack();
    }
  }

  async #publish(): Promise<void> {
    const { context, claim } = this.#options;
    const { signal } = this.#abort;
    const { keyId } = await context.auth.authorize({ ...claim, signal });
    this.#keyId = keyId;
    if (claim.query.type !== undefined) parseIngestFormat(claim.query.type); // refused before anything is sent
    await this.#accept();
    const first = await this.#firstInput();
    const opening = openingOf(first.input, claim.query);
    if (opening.mode === 'simple') requireStart(opening.format, chunkOf(first.input, 'simple', 0).payload);
    await this.#open(keyId, opening, first.arrivedAt);
    if (opening.mode === 'simple') await this.#publishing?.flow.take(first);
    for (;;) {
      const arrived = await this.#nextInput();
      if (arrived.input.kind === 'end') return this.#end();
      if (arrived.input.kind === 'metadata') await this.#publishing?.flow.setTitle(arrived.input, arrived.arrivedAt);
      else await this.#publishing?.flow.take(arrived);
    }
  }

  async #nextInput(): Promise<ArrivedInput> {
    const arrived = await this.#inbox.next(this.#abort.signal);
    if (arrived.input.kind === 'gone') throw new LinkLost('The client sends no more.');
    return arrived;
  }

  /** Some clients have to be told before they send anything. */
  async #accept(): Promise<void> {
    const { context, claim, link } = this.#options;
    if (link.accepted === undefined) return;
    await requirePlace(context, { station: claim.station, takeover: claim.query.takeover, place: this.#place });
    this.#abort.signal.throwIfAborted();
    link.accepted();
  }

  async #firstInput(): Promise<ArrivedInput> {
    const { helloTimeoutMs } = this.#options.context;
    const late = new AwazError('hello_timeout', `Neither hello nor audio came within ${helloTimeoutMs / 1000} s.`);
    const timer = setTimeout(() => this.stop(late), helloTimeoutMs);
    try {
      return await this.#nextInput();
    } finally {
      clearTimeout(timer);
    }
  }

  async #open(keyId: string, opening: IngestOpening, openedAt: number): Promise<void> {
    const { context, claim, link } = this.#options;
    const { metrics, auth } = context;
    const { signal } = this.#abort;
    const wish = { station: claim.station, keyId, opening, place: this.#place };
    const opened = await openPublication(context, wish, signal);
    const { publication } = opened;
    const { broadcastId, epoch } = publication;
    this.#logger = this.#logger.child({ broadcastId });
    const logger = this.#logger;
    const titles = new TitleEntrance({ titles: context.titles, station: claim.station, link, logger });
    const flow = new ChunkFlow({ opened, opening, openedAt, link, metrics, titles, logger, signal });
    const keeper = new PublicationKeeper({
      publication,
      auth,
      keyId,
      report: () => ({ ...flow.quality(Date.now()), rttMs: this.#rttMs, ...this.#sound, onAir: this.#onAir }),
      send: (message) => link.send(message),
      tell: (figures) => this.#tell(figures),
      onLoss: (reason) => this.stop(reason),
      logger,
    });
    const alarms = new OwnerAlarms({
      publication,
      board: context.alarms,
      send: (notice) => link.send(notice),
      onTold: (alarm, level) => metrics.alarm(alarm, level),
      logger,
    });
    this.#publishing = { publication, flow, keeper, alarms };
    this.#onAir = opened.onAir;
    if (this.#rttMs !== null) flow.roundTrip(this.#rttMs);
    metrics.publishers.inc({ transport: link.transport });
    const { mode, format } = opening;
    logger.info(
      { keyId, mode, format: format.mime, epoch, nextSeq: opened.nextSeq, begun: publication.begun },
      'publishing',
    );
    link.send({ type: 'ready', broadcastId, epoch, nextSeq: opened.nextSeq, serverTime: Date.now() });
  }

  /** Tells how the uplink does, and takes what the encoder's worker says of the sound for the next report. */
  #tell({ kbps, jitterMs, rttMs, lostChunks, lateMs }: UplinkReport): void {
    const { context, claim } = this.#options;
    this.#publishing?.alarms.uploads(this.#publishing.flow.isSlow, Date.now());
    context.quality
      .exchange(claim.station, {
        source: 'ingest',
        figures: { kbps, jitterMs, rttMs, lostChunks, lateMs },
        other: 'encoder',
      })
      .then((told) => {
        const heard = soundHeard(told);
        this.#sound = heard.figures;
        if (!this.#abort.signal.aborted) this.#publishing?.alarms.heard(heard.alarms);
      })
      .catch((error: unknown) => this.#logger.debug({ err: error }, 'how the uplink does could not be told'));
  }

  async #end(): Promise<void> {
    const { link } = this.#options;
    if (this.#publishing === undefined) return;
    const { publication, flow } = this.#publishing;
    this.#ending = true;
    await publication.end('ended_by_owner', this.#abort.signal);
    flow.flush();
    const reason = await this.#endReason(publication);
    link.send({ type: 'ended', broadcastId: publication.broadcastId, reason });
    link.close(NORMAL_CLOSE, 'ended');
    this.#logger.info({ reason }, 'ended');
  }

  /** Waits until the worker has flushed the broadcast. The end marker is stored: it ends even when nobody waits. */
  async #endReason(publication: Publication): Promise<EndReason> {
    const deadline = performance.now() + END_PATIENCE_MS;
    const either = AbortSignal.any([this.#abort.signal, this.#ended.signal]);
    while (performance.now() < deadline) {
      const { over } = await publication.state().catch(() => ({ over: undefined }));
      if (over !== undefined) return over;
      await pause(END_LOOK_MS, either);
      this.#abort.signal.throwIfAborted();
      if (this.#ended.signal.aborted) break;
    }
    return 'ended_by_owner';
  }

  async #fail(error: unknown): Promise<void> {
    const { link, context } = this.#options;
    if (error instanceof LinkLost) {
      this.#logger.info('the owner is gone');
      return;
    }
    if (error instanceof BroadcastOver && errorForEnd(error.reason) === undefined) {
      const broadcastId = this.#publishing?.publication.broadcastId ?? '';
      link.send({ type: 'ended', broadcastId, reason: error.reason });
      link.close(NORMAL_CLOSE, error.reason);
      this.#logger.info({ reason: error.reason }, 'ended');
      return;
    }
    const told = toldError(error);
    if (told.code === 'internal') this.#logger.error({ err: error }, 'an ingest connection failed');
    else if (this.#publishing === undefined) context.refusals.refused(this.#logger, told);
    else this.#logger.warn({ code: told.code, reason: told.message, ...told.facts }, 'a publisher was sent away');
    context.metrics.failed(told.code);
    this.#publishing?.flow.flush();
    link.send(errorMessage(told));
    link.close(ERROR_TABLE[told.code].close, told.code);
    await this.#endBroadcastAfter(told).catch((cause: unknown) =>
      this.#logger.error({ err: cause }, 'it could not be ended'),
    );
  }

  /** A broadcast without a right to go on, or without any audio that can be played, must not wait for its owner. */
  async #endBroadcastAfter({ code }: AwazError): Promise<void> {
    const publication = this.#publishing?.publication;
    if (publication === undefined) return;
    const signal = new AbortController().signal;
    if (code === 'key_revoked') await publication.end('key_revoked', signal);
    const isEmpty = code === 'bad_media' && publication.begun && !(await publication.state()).onAir;
    if (isEmpty) await publication.end('failed', signal);
  }

  async #giveBack(): Promise<void> {
    const { link, context } = this.#options;
    this.#abort.abort(new LinkLost('The session is over.'));
    this.#inbox.clear();
    this.#place.release();
    const publishing = this.#publishing;
    if (publishing === undefined) return;
    publishing.keeper.close();
    publishing.flow.close();
    context.metrics.publishers.dec({ transport: link.transport });
    try {
      await publishing.publication.release();
    } catch (error) {
      this.#logger.warn({ err: error }, 'the lease was left to run out');
    }
  }
}

function sizeOf(input: IngestInput): number {
  if (input.kind === 'bytes') return input.bytes.byteLength;
  return input.kind === 'chunk' ? input.chunk.payload.byteLength : 0;
}

function toldError(error: unknown): AwazError {
  if (error instanceof BroadcastOver) return errorForEnd(error.reason) ?? replacedError();
  if (error instanceof AwazError) return error;
  return new AwazError('internal', 'Something broke on the server. Connect again.', {
    cause: error,
    retryAfterMs: 500,
  });
}
