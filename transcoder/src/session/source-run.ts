import { type ContainerScanner, createScanner, type RestartPoint, type ScanReport } from '@awaz/infra/containers';
import { parseIngestFormat, type Rung, SAMPLE_RATE, SAMPLES_PER_FRAME, samplesToMs } from '@awaz/infra/contract';
import type { ResumeCursor } from '@awaz/infra/part-log';
import { type LadderEnd, LadderProcess } from '../ffmpeg/ladder-process.ts';
import { AdtsParser } from '../frames/adts-parser.ts';
import { FrameAligner } from '../frames/frame-aligner.ts';
import type { SourceFrame } from '../packager/packager.ts';
import { type ChunkPlace, ChunkPlaces } from './chunk-places.ts';
import { RestartHistory, type RestartPlace } from './restart-history.ts';
import { SourceClock } from './source-clock.ts';

/** Where a run begins: at the start of a container stream, or at a restart point with some of it published. */
export type RunStart = Omit<ResumeCursor, 'prefix'> & {
  prefix: Uint8Array;
  /** Audio (48 kHz samples) before this is not fed at all: it made ffmpeg fail again and again. */
  skipToSample?: number;
  /** Whether audio captured before now has to be published however late: it is us who are late. */
  keepLate: boolean;
};

/** Bytes of a container stream on their way into a run. */
export type SourceBytes = {
  bytes: Uint8Array;
  /** Where they are in the chunk log, in order; together as long as `bytes`. */
  places: (ChunkPlace & { bytes: number })[];
  /** When their last sample was captured, ms since 1970. */
  capturedAt: number;
};

/** What a run needs from its session. */
export type RunContext = {
  ffmpegPath: string;
  ladder: Rung[];
  /** Whether the limiter is on. */
  limiter: boolean;
  /** Frames in order, as they come. */
  onFrames: (frames: SourceFrame[]) => void;
  /** What was decoded, as `LadderProcess` tells it, from the first sample on that was not published before. */
  onSound: (pcm: Buffer) => void;
  /** ffmpeg is gone although nobody ended it, or gave nonsense. */
  onFailure: (detail: string) => void;
};

/** Bytes of one sample of both channels in 16 bits. */
const SOUND_SAMPLE_BYTES = 4;

/** One ffmpeg on one container stream, with the account of which sample is where. `close` may be repeated. */
export class SourceRun {
  /** Epoch of the stream. */
  readonly epoch: string;
  readonly #start: RunStart;
  readonly #context: RunContext;
  readonly #scanner: ContainerScanner;
  readonly #clock = new SourceClock();
  readonly #aligner: FrameAligner;
  readonly #parsers: AdtsParser[];
  readonly #history: RestartHistory;
  #process: LadderProcess | undefined;
  readonly #places = new ChunkPlaces();
  #feedBytes = 0;
  #writing = 0;
  #nextFrame = 0;
  #firstHanded = true;
  /** Bytes of sound to come that were heard before. */
  #heardBytes = 0;
  #waitingForSkip: boolean;
  #ending = false;
  readonly #startedAt = Date.now();
  #outputAt = this.#startedAt;

  constructor(start: RunStart, context: RunContext) {
    this.epoch = start.epoch;
    this.#start = start;
    this.#context = context;
    this.#aligner = new FrameAligner(context.ladder.length);
    this.#parsers = context.ladder.map(() => new AdtsParser());
    this.#waitingForSkip = start.skipToSample !== undefined;
    const { prefix, state, restartSample: sample, entryId, byteOffset } = start;
    const resumes = prefix.length > 0 || state !== '' || sample > 0;
    this.#scanner = createScanner(parseIngestFormat(start.format), resumes ? { prefix, state, sample } : undefined);
    // Its place at 48 kHz is not known yet; nothing older is ever compared with it.
    this.#history = new RestartHistory({ entryId, byteOffset, sample, sample48: 0, prefix, state });
  }

  /** Samples (48 kHz) that were fed. */
  get fedSample(): number {
    return this.#to48(this.#scanner.samples);
  }

  /** Samples (48 kHz) that came out; what is before them is with the packager. */
  get producedSample(): number {
    return Math.max(0, (this.#nextFrame - 1) * SAMPLES_PER_FRAME);
  }

  /** Seconds of audio that this run was fed. */
  get fedSeconds(): number {
    return (this.fedSample - this.#to48(this.#start.restartSample)) / SAMPLE_RATE;
  }

  /** Whether ffmpeg takes its input more slowly than it is given. */
  get blocked(): boolean {
    return this.#writing > 0;
  }

  /** When output came last, ms since 1970; the start of the run before any. */
  get outputAt(): number {
    return this.#outputAt;
  }

  /** Process id of ffmpeg, once it runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /**
   * Feeds the next bytes; settles when ffmpeg can take more. Returns the bytes from which on another container stream
   * begins, for which the next run is to be made. Throws `bad_media`.
   */
  async take({ bytes, places, capturedAt }: SourceBytes): Promise<SourceBytes | undefined> {
    const before = this.#places.end;
    for (const { bytes: length, ...place } of places) this.#places.add(place, length);
    const report = this.#scanner.scan(bytes);
    this.#clock.mark(this.fedSample, capturedAt);
    for (const point of report.restartPoints) this.#remember(point);
    const feed = this.#waitingForSkip ? this.#feedAfterSkip(report) : report.feed;
    this.#feedBytes += report.feed.reduce((sum, piece) => sum + piece.length, 0);
    this.#writing += 1;
    // One write, one system call, one time that ffmpeg is woken.
    if (feed.length > 0) await this.#feed(feed.length === 1 ? (feed[0] as Uint8Array) : Buffer.concat(feed));
    this.#writing -= 1;
    if (report.newStreamAt === undefined) return undefined;
    const rest = report.rest ?? bytes.subarray(Math.max(0, report.newStreamAt));
    return { bytes: rest, places: this.#places.from(before + report.newStreamAt), capturedAt };
  }

  /** Ends the stream and waits for its last frames, however ffmpeg ends. */
  async finish(): Promise<void> {
    this.#ending = true;
    await this.#process?.finish();
  }

  /** Kills ffmpeg; no frame comes after. */
  async close(): Promise<void> {
    this.#ending = true;
    await this.#process?.close();
  }

  /** Where a new run has to begin so that it goes on after all frames that came so far. */
  position(): RunStart {
    return {
      ...this.#cursorAt(this.producedSample),
      prefix: this.#placeAt(this.producedSample).prefix,
      keepLate: true,
    };
  }

  #to48(sample: number): number {
    return (sample * SAMPLE_RATE) / (this.#scanner.sampleRate ?? SAMPLE_RATE);
  }

  /** Nothing is fed until a restart point behind the audio that is to be left out. */
  #feedAfterSkip({ feed, restartPoints }: ScanReport): Uint8Array[] {
    const point = restartPoints.find(
      ({ sample, offset }) => this.#to48(sample) >= (this.#start.skipToSample ?? 0) && offset >= this.#feedBytes,
    );
    if (point === undefined) return [];
    this.#waitingForSkip = false;
    this.#begin(point.sample);
    return [point.prefix, Buffer.concat(feed).subarray(point.offset - this.#feedBytes)];
  }

  #remember({ sourceOffset, sample, prefix, state }: RestartPoint): void {
    const place = this.#places.locate(sourceOffset);
    if (place === undefined) return;
    this.#history.add({ ...place, sample, sample48: this.#to48(sample), prefix, state });
  }

  async #feed(bytes: Uint8Array): Promise<void> {
    if (this.#ending) return;
    if (this.#process !== undefined) return this.#process.write(bytes);
    const process = this.#begin(this.#start.restartSample);
    await process.started;
    if (this.#start.prefix.length > 0) await process.write(this.#start.prefix);
    return process.write(bytes);
  }

  /** Starts ffmpeg for audio from `restartSample` on, cut so that its frames are on the stream's grid of 1024. */
  #begin(restartSample: number): LadderProcess {
    const from = this.#to48(restartSample);
    const firstFrame = Math.ceil(from / SAMPLES_PER_FRAME);
    this.#nextFrame = firstFrame;
    const input = this.#scanner.input;
    if (input === undefined) throw new Error('The scanner gave audio before it knew the decoder for it.');
    const { ffmpegPath, ladder, limiter } = this.#context;
    const skipSamples = Math.round(firstFrame * SAMPLES_PER_FRAME - from);
    this.#outputAt = Date.now();
    this.#heardBytes = Math.max(0, this.#start.publishedSample - firstFrame * SAMPLES_PER_FRAME) * SOUND_SAMPLE_BYTES;
    const process = new LadderProcess(
      { ffmpegPath, input, skipSamples, ladder, limiter },
      {
        onAdts: (rendition, adts) => this.#output(rendition, adts),
        onSound: (pcm) => this.#sound(pcm),
      },
    );
    void process.ended.then((end) => this.#processEnded(end));
    this.#process = process;
    return process;
  }

  #processEnded(end: LadderEnd): void {
    if (this.#ending) return;
    this.#context.onFailure(end.kind === 'failed' ? end.detail : `ffmpeg was ${end.kind}`);
  }

  #sound(pcm: Buffer): void {
    const heard = Math.min(this.#heardBytes, pcm.length);
    this.#heardBytes -= heard;
    if (heard < pcm.length) this.#context.onSound(pcm.subarray(heard));
  }

  #output(rendition: number, adts: Buffer): void {
    this.#outputAt = Date.now();
    try {
      const frames = this.#parsers[rendition]?.push(adts) ?? [];
      const sets = this.#aligner.push(rendition, frames);
      const fresh = sets.map((payloads) => this.#frame(payloads)).filter((frame) => frame !== undefined);
      if (fresh.length > 0) this.#context.onFrames(fresh);
    } catch (error) {
      this.#context.onFailure(`ffmpeg's output is broken: ${(error as Error).message}`);
    }
  }

  /**
   * Frame n of a stream holds the samples from (n - 1) * 1024 on: the encoder starts with 1024 samples of priming. After
   * a restart the first frames are warm-up and have been published before.
   */
  #frame(payloads: Uint8Array[]): SourceFrame | undefined {
    const frame = this.#nextFrame++;
    const endSample = frame * SAMPLES_PER_FRAME;
    const published = this.#start.publishedSample;
    if (published > 0 && endSample <= published) return undefined;
    const startSample = endSample - SAMPLES_PER_FRAME;
    const capturedAt = this.#clock.captureTime(startSample) ?? Date.now() - samplesToMs(SAMPLES_PER_FRAME);
    // A run that goes on in the middle of a stream follows on what is published, whatever the capture times say.
    const startsRun = this.#firstHanded && published === 0;
    this.#firstHanded = false;
    const keepLate = this.#start.keepLate && capturedAt < this.#startedAt;
    return { payloads, capturedAt, startsRun, keepLate, cursor: () => this.#cursorAt(endSample) };
  }

  #placeAt(sample: number): RestartPlace {
    return this.#history.placeFor(sample);
  }

  #cursorAt(publishedSample: number): ResumeCursor {
    const { entryId, byteOffset, sample, prefix, state } = this.#placeAt(publishedSample);
    return {
      epoch: this.epoch,
      format: this.#start.format,
      entryId,
      byteOffset,
      restartSample: sample,
      prefix: Buffer.from(prefix.buffer, prefix.byteOffset, prefix.byteLength).toString('base64'),
      state,
      publishedSample: Math.max(publishedSample, 0),
    };
  }
}
