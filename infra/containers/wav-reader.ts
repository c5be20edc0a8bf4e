import { AwazError } from '../contract/index.ts';
import { fourCharacters, hasText, u16le, u32le } from './byte-fields.ts';
import type { Continuation, DecoderInput } from './container-scanner.ts';
import { PcmRun, pcmLayout, readPcmState, writePcmState } from './pcm-run.ts';
import { type Unit, type UnitReader, waitFor } from './unit-reader.ts';

/** `wFormatTag` of the `fmt ` chunk. */
const WAVE_FORMAT = { pcm: 1, float: 3, extensible: 0xfffe } as const;

/** Sizes from here on are what streaming writers put in place of one that they cannot know. */
const UNKNOWN_DATA_BYTES = 0x7fff0000;

/** Largest chunk that is passed over. */
const MAX_PASSED_OVER_BYTES = 16_777_216;

const MAX_FORMAT_BYTES = 1024;

/** The R of `RIFF`. */
const FIRST_BYTE_OF_RIFF = 0x52;

/** ffmpeg's names of the sample layouts, by format tag and bits. */
const DEMUXERS: Record<string, DecoderInput['demuxer']> = {
  '1/8': 'u8',
  '1/16': 's16le',
  '1/24': 's24le',
  '1/32': 's32le',
  '3/32': 'f32le',
  '3/64': 'f64le',
};

/**
 * WAV with PCM. Only the samples are fed, as raw PCM: ffmpeg's own WAV demuxer reads 64 KiB ahead. A data size of 0 or of
 * 2 GiB and more means up to the end; behind a known size other chunks are passed over, and another RIFF header is a new
 * stream. Inside the samples no header is looked for.
 */
export class WavReader implements UnitReader {
  readonly name = 'WAV';
  #run: PcmRun | undefined;
  #phase: 'start' | 'chunks' | 'data' = 'start';
  #dataLeft = 0;
  #pad = 0;
  /** Whether chunks can no longer be told apart: only another RIFF header helps. */
  #lost = false;

  get input(): DecoderInput | undefined {
    if (this.#run === undefined) return undefined;
    const { demuxer, sampleRate, channels } = this.#run.layout;
    return { demuxer, sampleRate, channels };
  }

  get sampleRate(): number | undefined {
    return this.#run?.layout.sampleRate;
  }

  get samples(): number {
    return this.#run?.samples ?? 0;
  }

  next(bytes: Uint8Array, at: number): Unit {
    if (this.#phase === 'data') return this.#nextData(bytes, at);
    const wait = waitFor(bytes, at, 12);
    if (wait !== undefined) return wait;
    const isStart = (hasText(bytes, at, 'RIFF') || hasText(bytes, at, 'RF64')) && hasText(bytes, at + 8, 'WAVE');
    if (isStart && this.#phase === 'chunks') return { kind: 'new-stream' };
    if (isStart) {
      this.#lost = false;
      this.#phase = 'chunks';
      return { kind: 'drop', bytes: 12 };
    }
    return this.#phase === 'start' || this.#lost ? this.#garbage(bytes, at) : this.#nextChunk(bytes, at);
  }

  resume({ sample, state }: Continuation): void {
    const { layout, word } = readPcmState(state);
    this.#run = new PcmRun(layout, sample);
    this.#openData(word === 'end' ? Number.POSITIVE_INFINITY : Number(word));
  }

  #nextChunk(bytes: Uint8Array, at: number): Unit {
    const id = fourCharacters(bytes, at);
    const size = u32le(bytes, at + 4);
    if (id === 'data') {
      if (this.#run === undefined)
        throw new AwazError('bad_media', 'The WAV stream has no "fmt " chunk before its data.');
      this.#openData(size === 0 || size >= UNKNOWN_DATA_BYTES ? Number.POSITIVE_INFINITY : size);
      return { kind: 'drop', bytes: 8 };
    }
    const total = 8 + size + (size % 2);
    if (id.includes('?') || total > MAX_PASSED_OVER_BYTES) return this.#garbage(bytes, at);
    if (id !== 'fmt ' || this.#run !== undefined) return { kind: 'drop', bytes: total };
    if (size < 16 || size > MAX_FORMAT_BYTES)
      throw new AwazError('bad_media', 'The WAV stream has a broken "fmt " chunk.');
    const wait = waitFor(bytes, at, total);
    if (wait !== undefined) return wait;
    this.#run = openRun(bytes, at + 8, size);
    return { kind: 'drop', bytes: total };
  }

  /** Up to where `RIFF` may begin. */
  #garbage(bytes: Uint8Array, at: number): Unit {
    this.#lost = true;
    const next = bytes.indexOf(FIRST_BYTE_OF_RIFF, at + 1);
    return { kind: 'garbage', bytes: (next < 0 ? bytes.length : next) - at };
  }

  #openData(size: number): void {
    this.#phase = 'data';
    this.#dataLeft = size;
    this.#pad = size % 2 === 1 ? 1 : 0;
  }

  #nextData(bytes: Uint8Array, at: number): Unit {
    const run = this.#run;
    if (run === undefined || this.#dataLeft < run.layout.frameBytes) {
      this.#phase = 'chunks';
      return { kind: 'drop', bytes: this.#dataLeft + this.#pad };
    }
    const word = this.#dataLeft === Number.POSITIVE_INFINITY ? 'end' : String(this.#dataLeft);
    const unit = run.feed(Math.min(bytes.length - at, this.#dataLeft), writePcmState(run.layout, word));
    if (unit.kind === 'feed') this.#dataLeft -= unit.bytes;
    return unit;
  }
}

function openRun(bytes: Uint8Array, at: number, size: number): PcmRun {
  const tag = u16le(bytes, at);
  const isExtensible = tag === WAVE_FORMAT.extensible && size >= 40;
  const format = isExtensible ? u16le(bytes, at + 24) : tag; // the sub-format's GUID begins with the tag
  const bits = u16le(bytes, at + 14);
  const demuxer = DEMUXERS[`${format}/${bits}`];
  const layout = demuxer && pcmLayout(demuxer, u32le(bytes, at + 4), u16le(bytes, at + 2));
  if (layout === undefined || u16le(bytes, at + 12) !== layout.frameBytes) {
    throw new AwazError(
      'bad_media',
      `The WAV stream has format ${format} with ${bits} bits, ${u16le(bytes, at + 2)} channels, ${u32le(bytes, at + 4)} Hz. Push PCM of 8 to 32 bits or float.`,
    );
  }
  return new PcmRun(layout, 0);
}
