import {
  IngestClient,
  type IngestClientEvents,
  type IngestClientOptions,
  type RecordedChunk,
  type UplinkVerdict,
} from '../ingest-client/index.ts';
import { BitrateLadder } from './bitrate-ladder.ts';
import type { Capture, CaptureKind, CaptureOptions, CaptureWish } from './capture.ts';
import { ChunkRecorder } from './chunk-recorder.ts';
import { Handover } from './handover.ts';

/** What is recorded: a stream and how. */
export type Recording = Pick<CaptureOptions, 'stream' | 'channels' | 'bitsPerSecond'>;

/** How the sound is captured now. */
export type BroadcastSound = {
  kind: CaptureKind;
  bitsPerSecond: number;
  /** The bitrate of the preset; more than what is used while the uplink is too slow for it. */
  wishedBitsPerSecond: number;
  /** Why it is the browser's recorder; undefined when it is not, or was asked for. */
  fallbackReason: string | undefined;
};

/** How a broadcast is made. */
export type BroadcastOptions = Omit<IngestClientOptions, 'openSocket' | 'whenOver'> & {
  /** The capture to use, if the browser can. */
  capture: CaptureWish;
};

/** Longest wait for the first chunk of a capture before the one before it is stopped, in ms. */
const FIRST_CHUNK_MS = 1000;

type Line = { capture: Capture; take: (chunk: RecordedChunk) => void; first: Promise<void> };

/**
 * One time on air from this page: a capture feeding an ingest client. Another microphone, or a server that lost the
 * place, makes another capture in a new epoch of the same broadcast; it runs before the one before it is stopped. An
 * uplink that is too slow gets a lower bitrate, and the wished one back when it is clean. When the encoder fails, the
 * browser's recorder takes over.
 */
export class Broadcast {
  /** Tells how the delivery goes. */
  readonly client: IngestClient;
  #wish: CaptureWish;
  #fallbackReason: string | undefined;
  #line: Line | undefined;
  #recording: Recording | undefined;
  #ladder = new BitrateLadder(0);
  #switched: Promise<void> = Promise.resolve();

  constructor({ capture, ...options }: BroadcastOptions) {
    this.#wish = capture;
    this.client = new IngestClient({ ...options, openSocket: (url) => new WebSocket(url) });
    this.client.on('restart', () => this.#recordAgain());
    this.client.on('uplink', (verdict) => this.#follow(verdict));
  }

  /** How the sound is captured; undefined before it is. */
  get sound(): BroadcastSound | undefined {
    const kind = this.#line?.capture.kind;
    const { bitsPerSecond, wished: wishedBitsPerSecond } = this.#ladder;
    return kind && { kind, bitsPerSecond, wishedBitsPerSecond, fallbackReason: this.#fallbackReason };
  }

  /** Records this from now on; settles when it runs and what ran before has stopped. Rejects when it cannot. */
  record(recording: Recording): Promise<void> {
    this.#recording = recording;
    if (recording.bitsPerSecond !== this.#ladder.wished) this.#ladder = new BitrateLadder(recording.bitsPerSecond);
    const switched = this.#switched.then(() => this.#switch(recording));
    this.#switched = switched.catch(() => {});
    return switched;
  }

  /** Stops recording, delivers what is left, ends the broadcast. Rejects when the server refuses it for good. */
  async end(): Promise<IngestClientEvents['ended']> {
    this.#recording = undefined;
    await this.#switched;
    await this.#line?.capture.stop();
    return this.client.end();
  }

  /** Leaves at once; the server waits 60 s for the owner. May be called again. */
  close(): void {
    this.#recording = undefined;
    this.client.close();
    void this.#line?.capture.stop();
  }

  #recordAgain(): void {
    if (this.#recording !== undefined) this.record(this.#recording).catch(() => this.close());
  }

  #follow({ pace }: UplinkVerdict): void {
    const isOther = pace === 'slow' ? this.#ladder.lower() : this.#ladder.raise();
    if (isOther && this.#line?.capture.setBitrate(this.#ladder.bitsPerSecond) === false) this.#recordAgain();
  }

  async #switch(recording: Recording): Promise<void> {
    const next = await this.#prepared(recording);
    if (this.#recording === undefined) return next.capture.stop();
    const before = this.#line;
    this.#line = next;
    if (before === undefined) this.#begin(next);
    else await this.#handOver(before, next);
  }

  #begin(next: Line): void {
    next.take = (chunk) => void this.client.send(chunk);
    this.client.startEpoch(next.capture.mime);
    next.capture.start();
  }

  async #handOver(before: Line, next: Line): Promise<void> {
    const handover = new Handover({
      send: (chunk) => void this.client.send(chunk),
      nextBegins: () => this.client.startEpoch(next.capture.mime),
    });
    before.take = (chunk) => handover.takeBefore(chunk);
    next.take = (chunk) => handover.takeNext(chunk);
    next.capture.start();
    await Promise.race([next.first, new Promise((resolve) => setTimeout(resolve, FIRST_CHUNK_MS))]);
    await before.capture.stop();
    handover.end();
  }

  async #prepared(recording: Recording): Promise<Line> {
    if (this.#wish !== 'recorder') {
      const line = await this.#encoderLine(recording).catch((error: unknown) => {
        this.#fallBack(String(error));
        return undefined;
      });
      if (line !== undefined) return line;
    }
    return this.#newLine(recording, (options) => new ChunkRecorder(options));
  }

  async #encoderLine(recording: Recording): Promise<Line | undefined> {
    const { canEncode, EncoderCapture } = await import('./encoder-capture.ts'); // large, and not needed to look around
    if (!(await canEncode(recording))) {
      this.#fallBack('this browser has none');
      return undefined;
    }
    const line = this.#newLine(recording, (options) => new EncoderCapture(options));
    await line.capture.prepare();
    return line;
  }

  #newLine(recording: Recording, open: (options: CaptureOptions) => Capture): Line {
    let came = () => {};
    const first = new Promise<void>((resolve) => {
      came = resolve;
    });
    const capture = open({
      ...recording,
      source: this.#wish === 'worklet' ? 'worklet' : 'best',
      bitsPerSecond: this.#ladder.bitsPerSecond,
      onChunk: (chunk) => {
        line.take(chunk);
        came();
      },
      onFailure: (error) => this.#captureFailed(line, error),
    });
    const line: Line = { capture, take: () => {}, first };
    return line;
  }

  #captureFailed(line: Line, error: Error): void {
    if (line !== this.#line || line.capture.kind !== 'encoder') return;
    this.#fallBack(error.message);
    this.#recordAgain();
  }

  #fallBack(reason: string): void {
    this.#wish = 'recorder';
    this.#fallbackReason = reason;
  }
}
