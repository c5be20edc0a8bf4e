import { type ContainerScanner, createScanner, looksLikeNewStream } from '@awaz/infra/containers';
import { AwazError, type IngestFormat, type Milliseconds } from '@awaz/infra/contract';
import type { Logger } from '@awaz/infra/runtime';
import { CaptureClock, type CaptureClockStart } from './capture-clock.ts';
import { BACKLOG_MS, PaceMeter } from './chunk-limits.ts';
import { SampleClock } from './sample-clock.ts';
import { requireStart } from './stream-beginning.ts';
import { UplinkQuality } from './uplink-quality.ts';

/** Longest time that one chunk may hold by its capture times; more is a pause. */
const MAX_CHUNK_MS: Milliseconds = 60_000;

/** Audio missing between two chunks counts as lost from here on, in ms: capture times jitter. */
const LOSS_MS: Milliseconds = 250;

/** How a connection's audio begins. */
export type IntakeStart = {
  format: IngestFormat;
  /** Whether the next byte begins a container stream. */
  fresh: boolean;
  /** Whether the owner may have kept audio while cut off. */
  resumed: boolean;
  clock: CaptureClockStart;
  now: Milliseconds;
  logger: Logger;
};

/** A chunk in order, before anything is known of it. */
export type RawChunk = { payload: Uint8Array; clientTime: Milliseconds | undefined; arrivedAt: Milliseconds };

/** What became known of a chunk. */
export type JudgedChunk = {
  /** Server time of its last sample. */
  capturedAt: Milliseconds;
  /** Whether another container stream begins with it. */
  startsStream: boolean;
};

/** Looks at each chunk of one connection before it is stored: is it audio, when was it captured, is it too fast? */
export class ChunkIntake {
  readonly clock: CaptureClock;
  readonly quality: UplinkQuality;
  readonly #format: IngestFormat;
  readonly #logger: Logger;
  readonly #pace: PaceMeter;
  #fresh: boolean;
  #scanner: ContainerScanner | undefined;
  readonly #sampleClock: SampleClock;
  #mediaTime: Milliseconds = 0;
  #lastClientTime: Milliseconds | undefined;

  constructor({ format, fresh, resumed, clock, now, logger }: IntakeStart) {
    this.clock = new CaptureClock(clock);
    this.#sampleClock = new SampleClock(clock.capturedAt);
    this.quality = new UplinkQuality(now);
    this.#format = format;
    this.#logger = logger;
    this.#pace = new PaceMeter(resumed ? BACKLOG_MS : 0);
    this.#fresh = fresh;
    this.#scanner = fresh ? createScanner(format) : undefined;
  }

  /** Judges the next chunk. Throws `bad_media` and `too_fast`. */
  judge({ payload, clientTime, arrivedAt }: RawChunk): JudgedChunk {
    const startsStream = this.#startsStream(payload);
    if (startsStream) this.#restartScanner();
    const scannedMs = this.#scan(payload);
    const mediaMs = scannedMs ?? this.#sinceLast(clientTime);
    this.#watch({ payload, clientTime, arrivedAt }, { mediaMs, scannedMs });
    if (!this.#pace.accept({ mediaMs, bytes: payload.byteLength, now: arrivedAt })) {
      throw new AwazError('too_fast', 'Audio came at more than 4 times real time for 30 s. Send it as it is captured.');
    }
    return { capturedAt: this.#capturedAt(clientTime, arrivedAt), startsStream };
  }

  /** Without a client's clock the count of samples has to do, and where that is not known the time of arrival. */
  #capturedAt(clientTime: Milliseconds | undefined, arrivedAt: Milliseconds): Milliseconds {
    if (clientTime !== undefined) return this.clock.capturedAt(clientTime, arrivedAt);
    return this.#scanner === undefined ? arrivedAt : this.#sampleClock.capturedAt(this.#mediaTime, arrivedAt);
  }

  #startsStream(payload: Uint8Array): boolean {
    if (payload.byteLength === 0) return false;
    if (!this.#fresh) return looksLikeNewStream(this.#format, payload);
    this.#fresh = false;
    requireStart(this.#format, payload);
    return false;
  }

  /** Length of the audio in a chunk by its container; undefined where that does not tell. */
  #scan(payload: Uint8Array): Milliseconds | undefined {
    const scanner = this.#scanner;
    if (scanner === undefined) return undefined;
    const before = scanner.samples;
    try {
      const { rest } = scanner.scan(payload);
      const samples = scanner.samples - before;
      if (rest !== undefined) this.#restartScanner().scan(rest);
      if (samples > 0 && scanner.sampleRate !== undefined) return (samples * 1000) / scanner.sampleRate;
    } catch (error) {
      if (error instanceof AwazError) throw error;
      this.#logger.error({ err: error }, 'the scanner of a container broke; its audio is passed on unseen');
      this.#scanner = undefined;
    }
    return undefined;
  }

  /** Another stream began, perhaps inside a chunk: the transcoder finds it as well. */
  #restartScanner(): ContainerScanner {
    this.#sampleClock.restart();
    this.#scanner = createScanner(this.#format);
    return this.#scanner;
  }

  #sinceLast(clientTime: Milliseconds | undefined): Milliseconds {
    if (clientTime === undefined || this.#lastClientTime === undefined) return 0;
    return Math.min(MAX_CHUNK_MS, Math.max(0, clientTime - this.#lastClientTime));
  }

  #watch(
    chunk: RawChunk,
    { mediaMs, scannedMs }: { mediaMs: Milliseconds; scannedMs: Milliseconds | undefined },
  ): void {
    const { payload, clientTime, arrivedAt } = chunk;
    const missing = this.#sinceLast(clientTime) - (scannedMs ?? Number.POSITIVE_INFINITY);
    if (missing > LOSS_MS) this.quality.lost(Math.round(missing / mediaMs));
    if (clientTime !== undefined) this.#lastClientTime = clientTime;
    this.#mediaTime += mediaMs;
    const mediaTime = clientTime ?? this.#mediaTime;
    const isClientClock = clientTime !== undefined;
    this.quality.arrived({ bytes: payload.byteLength, arrivedAt, mediaTime, isClientClock });
  }
}
