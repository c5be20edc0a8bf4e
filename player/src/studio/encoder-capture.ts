import { clientTime } from '../ingest-client/index.ts';
import { AudioClock } from './audio-clock.ts';
import type { Capture, CaptureOptions } from './capture.ts';
import { OpusEncoder, type OpusPacket, opusConfig } from './opus-encoder.ts';
import { OPUS_WEBM_MIME, OpusWebm } from './opus-webm.ts';
import type { PcmFrame, PcmSource } from './pcm-source.ts';
import { canReadTracks, TrackPcm } from './track-pcm.ts';
import { WorkletPcm } from './worklet-pcm.ts';

/** Length of a chunk, in ms. */
const CHUNK_MS = 20;

/** Sound that an Opus encoder holds back, in ms: 312 samples, which it declares as pre-skip. */
const ENCODER_DELAY_MS = 6.5;

/** Longest wait for the encoder while sound comes, in ms. */
const ENCODER_TIMEOUT_MS = 3000;

/** Whether this browser has what an {@link EncoderCapture} needs, for sound like this. */
export async function canEncode({ channels, bitsPerSecond }: Pick<CaptureOptions, 'channels' | 'bitsPerSecond'>) {
  if (typeof AudioEncoder === 'undefined') return false;
  const { supported } = await AudioEncoder.isConfigSupported(opusConfig(channels, bitsPerSecond));
  return supported === true;
}

/**
 * Captures a stream as Opus in WebM by the browser's encoder (WebCodecs), fed by the track itself where the browser hands
 * out its sound, else by an AudioWorklet. A chunk is one packet of 20 ms. Its bitrate changes without a gap. Capture times follow the audio clock.
 */
export class EncoderCapture implements Capture {
  readonly kind = 'encoder';
  readonly mime = OPUS_WEBM_MIME;
  readonly #options: CaptureOptions;
  readonly #encoder: OpusEncoder;
  readonly #webm = new OpusWebm();
  #source: PcmSource | undefined;
  #clock = new AudioClock({ countsPauses: true });
  /** Capture times of the frames in the encoder, oldest first. */
  readonly #times: number[] = [];
  #written: Promise<void> = Promise.resolve();
  #phase: 'new' | 'running' | 'stopped' = 'new';
  #stopped: Promise<void> | undefined;

  /** Throws when the browser has no such encoder, as `canEncode` tells before. */
  constructor(options: CaptureOptions) {
    this.#options = options;
    const { channels, bitsPerSecond } = options;
    const fail = (error: Error) => this.#fail(error);
    this.#encoder = new OpusEncoder({
      channels,
      bitsPerSecond,
      onPacket: (packet) => this.#packet(packet),
      onFailure: fail,
    });
  }

  async prepare(): Promise<void> {
    try {
      const isRead = this.#options.source !== 'worklet' && canReadTracks() && (await this.#open(TrackPcm));
      if (!isRead) await this.#openOrThrow(WorkletPcm);
    } catch (error) {
      this.#close();
      throw error;
    }
  }

  start(): void {
    if (this.#phase === 'new') this.#phase = 'running';
  }

  setBitrate(bitsPerSecond: number): boolean {
    this.#encoder.setBitrate(bitsPerSecond);
    return true;
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#finish();
    return this.#stopped;
  }

  /** Tracks of another rate than ours are for the worklet, which makes it ours. */
  async #open(Source: typeof TrackPcm): Promise<boolean> {
    return this.#openOrThrow(Source).then(
      () => true,
      () => false,
    );
  }

  async #openOrThrow(Source: typeof TrackPcm | typeof WorkletPcm): Promise<void> {
    const { stream, channels } = this.#options;
    const source = new Source({ stream, channels, onFrame: (frame) => this.#frame(source, frame) });
    this.#source = source;
    this.#clock = new AudioClock(source);
    await source.start();
  }

  async #finish(): Promise<void> {
    this.#phase = 'stopped';
    this.#source?.close();
    await this.#encoder.flush();
    await this.#written;
    this.#close();
  }

  #frame(source: PcmSource, { samples, endMs, at }: PcmFrame): void {
    if (source !== this.#source) return;
    // Frames tell the system's time; both clocks are read here at once to know the time that never jumps.
    const time = this.#clock.timeOf(endMs, at) + clientTime() - Date.now();
    if (this.#phase !== 'running') return;
    this.#times.push(time - source.delayMs - ENCODER_DELAY_MS);
    this.#encoder.encode(samples);
    if (this.#times.length * CHUNK_MS > ENCODER_TIMEOUT_MS) this.#fail(new Error('The encoder gives nothing.'));
  }

  #packet(packet: OpusPacket): void {
    const capturedAt = this.#times.shift() ?? clientTime();
    this.#written = this.#written.then(async () => {
      const payload = await this.#webm.add(packet);
      this.#options.onChunk({ payload, capturedAt, durationMs: CHUNK_MS });
    });
    this.#written.catch((error: Error) => this.#fail(error));
  }

  #fail(error: Error): void {
    if (this.#phase === 'stopped') return;
    this.#phase = 'stopped';
    this.#stopped ??= Promise.resolve();
    this.#close();
    this.#options.onFailure(error);
  }

  #close(): void {
    this.#phase = 'stopped';
    this.#source?.close();
    this.#encoder.close();
  }
}
