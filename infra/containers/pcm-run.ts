import { AwazError } from '../contract/index.ts';
import type { DecoderInput } from './container-scanner.ts';
import type { Unit } from './unit-reader.ts';

/** What raw samples look like; all of {@link DecoderInput} is known. */
export type PcmLayout = Required<DecoderInput> & { frameBytes: number };

/** Bytes of one sample of one channel, by ffmpeg's name of the layout. */
const SAMPLE_BYTES: Partial<Record<DecoderInput['demuxer'], number>> = {
  u8: 1,
  s16le: 2,
  s16be: 2,
  s24le: 3,
  s32le: 4,
  f32le: 4,
  f64le: 8,
};

/** Restart points a second. */
const RESTART_POINTS_PER_SECOND = 10;

/** Most channels that raw samples may have. */
const MAX_CHANNELS = 8;

const NO_PREFIX = new Uint8Array(0);

/** The layout of raw samples; undefined when its numbers are out of range. */
export function pcmLayout(
  demuxer: DecoderInput['demuxer'],
  sampleRate: number,
  channels: number,
): PcmLayout | undefined {
  const sampleBytes = SAMPLE_BYTES[demuxer];
  const isInRange = sampleRate >= 8000 && sampleRate <= 192_000 && channels >= 1 && channels <= MAX_CHANNELS;
  if (sampleBytes === undefined || !isInRange) return undefined;
  return { demuxer, sampleRate, channels, frameBytes: sampleBytes * channels };
}

/** A layout and one more word as text, for `RestartPoint.state`. */
export function writePcmState({ demuxer, sampleRate, channels }: PcmLayout, word: string): string {
  return `${demuxer} ${sampleRate} ${channels} ${word}`;
}

/** Reads {@link writePcmState}'s text. Throws `bad_media` for any other. */
export function readPcmState(state: string): { layout: PcmLayout; word: string } {
  const [demuxer = '', sampleRate, channels, word = ''] = state.split(' ');
  const layout = pcmLayout(demuxer as DecoderInput['demuxer'], Number(sampleRate), Number(channels));
  if (layout === undefined)
    throw new AwazError('bad_media', `"${state.slice(0, 60)}" is no state of a PCM restart point.`);
  return { layout, word };
}

/** Counts raw samples and cuts them at restart points. */
export class PcmRun {
  readonly layout: PcmLayout;
  readonly #base: number;
  #frames = 0;

  constructor(layout: PcmLayout, base: number) {
    this.layout = layout;
    this.#base = base;
  }

  /** Samples so far. */
  get samples(): number {
    return this.#base + this.#frames;
  }

  /** Bytes of so many ms, in whole frames. */
  bytesOf(ms: number): number {
    return Math.ceil((this.layout.sampleRate * ms) / 1000) * this.layout.frameBytes;
  }

  /** Feeds whole frames of the `available` bytes, up to the next restart point. */
  feed(available: number, state: string): Unit & { kind: 'feed' | 'wait' } {
    const { frameBytes, sampleRate } = this.layout;
    const interval = Math.ceil(sampleRate / RESTART_POINTS_PER_SECOND);
    const done = this.#frames % interval;
    const frames = Math.min(Math.floor(available / frameBytes), interval - done);
    if (frames === 0) return { kind: 'wait', bytes: frameBytes };
    const restart = done === 0 ? { sample: this.samples, prefix: NO_PREFIX, state } : undefined;
    this.#frames += frames;
    return { kind: 'feed', bytes: frames * frameBytes, restart };
  }
}
