import { FRAME_SAMPLES } from './pcm-cutter.ts';

/** Length of a packet, in µs. */
export const PACKET_US = 20_000;

/** Frames that a fresh encoder is given before its first packet counts: its state has to be like that of the one before. */
const WARM_UP_FRAMES = 4;

/** A packet of Opus (RFC 6716) and, with the first one, what a decoder has to know. */
export type OpusPacket = { data: Uint8Array; decoderConfig: AudioDecoderConfig | undefined };

/** What an encoder is made of. */
export type OpusEncoderOptions = {
  channels: 1 | 2;
  bitsPerSecond: number;
  /** Called with each packet, in order: one for each frame. */
  onPacket: (packet: OpusPacket) => void;
  onFailure: (error: Error) => void;
};

/** Configuration of the browser's encoder for 20 ms of Opus at 48 kHz. */
export function opusConfig(channels: 1 | 2, bitsPerSecond: number): AudioEncoderConfig {
  const opus = { format: 'opus', frameDuration: PACKET_US } as const;
  return { codec: 'opus', sampleRate: 48_000, numberOfChannels: channels, bitrate: bitsPerSecond, opus };
}

/**
 * Encodes frames of 20 ms to Opus and changes the bitrate without a gap. A browser's encoder does not change while it
 * runs: a second one is warmed up with the last frames, and takes over at a packet's edge. All have the same delay, so
 * no sample is left out or comes twice; a decoder meets at most a changed state. `close` may be called again.
 */
export class OpusEncoder {
  readonly #options: OpusEncoderOptions;
  readonly #recent: Float32Array<ArrayBuffer>[] = [];
  #run: EncoderRun;
  #bitsPerSecond: number;
  #handedOver: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: OpusEncoderOptions) {
    this.#options = options;
    this.#bitsPerSecond = options.bitsPerSecond;
    this.#run = this.#begin(0);
    this.#run.release();
  }

  /** Encodes a frame: 960 samples of one channel after the other. */
  encode(frame: Float32Array<ArrayBuffer>): void {
    if (this.#isClosed) return;
    this.#recent.push(frame);
    if (this.#recent.length > WARM_UP_FRAMES) this.#recent.shift();
    this.#run.encode(frame);
  }

  /** Uses this bitrate from the next frame on, in bit/s. */
  setBitrate(bitsPerSecond: number): void {
    if (this.#isClosed || bitsPerSecond === this.#bitsPerSecond) return;
    this.#bitsPerSecond = bitsPerSecond;
    const before = this.#run;
    const next = this.#begin(this.#recent.length);
    for (const frame of this.#recent) next.encode(frame);
    this.#run = next;
    this.#handedOver = this.#handedOver.then(() => before.finish()).then(() => next.release());
  }

  /** Settles when all frames so far have been handed out as packets. */
  async flush(): Promise<void> {
    await this.#handedOver;
    await this.#run.finish();
  }

  /** Stops at once. */
  close(): void {
    this.#isClosed = true;
    this.#run.close();
  }

  #begin(skip: number): EncoderRun {
    const { channels, onPacket, onFailure } = this.#options;
    const config = opusConfig(channels, this.#bitsPerSecond);
    const fail = (error: Error) => this.#isClosed || onFailure(error);
    return new EncoderRun({ config, skip, onPacket, onFailure: fail });
  }
}

type RunOptions = {
  config: AudioEncoderConfig;
  /** Packets that are thrown away. */
  skip: number;
  onPacket: (packet: OpusPacket) => void;
  onFailure: (error: Error) => void;
};

/** One encoder of the browser. Packets are held until `release`. */
class EncoderRun {
  readonly #options: RunOptions;
  readonly #encoder: AudioEncoder;
  readonly #held: OpusPacket[] = [];
  #isReleased = false;
  #frames = 0;
  #packets = 0;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#encoder = new AudioEncoder({
      output: (chunk, metadata) => this.#output(chunk, metadata),
      error: (error) => options.onFailure(error),
    });
    this.#encoder.configure(options.config);
  }

  encode(frame: Float32Array<ArrayBuffer>): void {
    if (this.#encoder.state !== 'configured') return;
    const { sampleRate, numberOfChannels } = this.#options.config;
    const data = new AudioData({
      format: 'f32-planar',
      sampleRate,
      numberOfChannels,
      numberOfFrames: FRAME_SAMPLES,
      timestamp: this.#frames++ * PACKET_US,
      data: frame,
    });
    this.#encoder.encode(data);
    data.close();
  }

  release(): void {
    this.#isReleased = true;
    for (const packet of this.#held.splice(0)) this.#options.onPacket(packet);
  }

  async finish(): Promise<void> {
    if (this.#encoder.state !== 'configured') return;
    await this.#encoder.flush().catch(() => {}); // told as the failure
    this.close();
  }

  close(): void {
    if (this.#encoder.state !== 'closed') this.#encoder.close();
  }

  /** One packet for each frame; what an encoder adds when it is flushed is none of the sound. */
  #output(chunk: EncodedAudioChunk, metadata: EncodedAudioChunkMetadata | undefined): void {
    const number = this.#packets++;
    if (number < this.#options.skip || number >= this.#frames) return;
    const data = new Uint8Array(chunk.byteLength);
    chunk.copyTo(data);
    const packet = { data, decoderConfig: metadata?.decoderConfig };
    if (this.#isReleased) this.#options.onPacket(packet);
    else this.#held.push(packet);
  }
}
