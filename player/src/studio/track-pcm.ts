import { PcmCutter } from './pcm-cutter.ts';
import { CAPTURE_RATE_HZ, FIRST_FRAME_MS, type PcmSource, type PcmSourceOptions } from './pcm-source.ts';

/** Blocks of sound that wait for a busy page; more are dropped by the browser (10 ms each: 10 s). */
const MAX_WAITING_BLOCKS = 1000;

/** Whether this browser hands out a track's own sound, where pages are. */
export function canReadTracks(): boolean {
  return typeof MediaStreamTrackProcessor !== 'undefined';
}

/**
 * The sound of a track as the microphone gives it (MediaStreamTrackProcessor): no other clock and no other buffer lies
 * between, so nothing is left out when the machine is busy.
 */
export class TrackPcm implements PcmSource {
  readonly countsPauses = true;
  readonly delayMs = 0;
  readonly #options: PcmSourceOptions;
  readonly #cutter: PcmCutter;
  #reader: ReadableStreamDefaultReader<AudioData> | undefined;

  constructor(options: PcmSourceOptions) {
    this.#options = options;
    this.#cutter = new PcmCutter(options.channels);
  }

  async start(): Promise<void> {
    const [track] = this.#options.stream.getAudioTracks();
    if (track === undefined) throw new Error('The stream has no sound.');
    const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: MAX_WAITING_BLOCKS });
    const reader = readable.getReader();
    this.#reader = reader;
    const late = setTimeout(() => void reader.cancel(), FIRST_FRAME_MS);
    const { value } = await reader.read();
    clearTimeout(late);
    if (value === undefined) throw new Error('The microphone gave nothing.');
    const { sampleRate } = value;
    this.#take(value);
    if (sampleRate !== CAPTURE_RATE_HZ) {
      this.close();
      throw new Error(`The microphone gives ${sampleRate} Hz.`);
    }
    void this.#readAll(reader);
  }

  close(): void {
    void this.#reader?.cancel().catch(() => {});
    this.#reader = undefined;
  }

  async #readAll(reader: ReadableStreamDefaultReader<AudioData>): Promise<void> {
    for (let read = await reader.read(); read.value !== undefined; read = await reader.read()) this.#take(read.value);
  }

  #take(data: AudioData): void {
    const at = Date.now();
    const { numberOfFrames, timestamp, sampleRate } = data;
    if (sampleRate === CAPTURE_RATE_HZ && this.#reader !== undefined) {
      this.#cutter.add(mixed(data, this.#options.channels), numberOfFrames, (samples, rest) => {
        const endMs = timestamp / 1000 + ((numberOfFrames - rest) * 1000) / sampleRate;
        this.#options.onFrame({ samples, endMs, at });
      });
    }
    data.close();
  }
}

/** One array for each wished channel: mono is the mean of both, and both of them where there is only one. */
function mixed(data: AudioData, channels: 1 | 2): Float32Array[] {
  const planes = Array.from({ length: Math.min(2, data.numberOfChannels) }, (_, planeIndex) => {
    const samples = new Float32Array(data.numberOfFrames);
    data.copyTo(samples, { planeIndex, format: 'f32-planar' });
    return samples;
  });
  const [left = new Float32Array(data.numberOfFrames), right = left] = planes;
  if (channels === 2) return [left, right];
  return left === right ? [left] : [left.map((sample, n) => (sample + (right[n] ?? 0)) / 2)];
}
