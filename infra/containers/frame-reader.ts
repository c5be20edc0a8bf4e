import { AwazError } from '../contract/index.ts';
import { byteAt, hasText } from './byte-fields.ts';
import type { Continuation, DecoderInput } from './container-scanner.ts';
import type { FrameFormat, FrameHeader } from './frame-header.ts';
import { DecodedSamples } from './packet-codec.ts';
import type { Unit, UnitReader } from './unit-reader.ts';

const ID3V2_HEADER_BYTES = 10;
const ID3V1_BYTES = 128;

/** Largest ID3v2 tag that is passed over; pictures stand in them. */
const MAX_ID3V2_BYTES = 16_777_216;

const NO_PREFIX = new Uint8Array(0);
const NO_PRE_SKIP = { preSkip: 0 };

/**
 * Formats whose frames stand alone: ADTS and MPEG audio. A frame that follows another one of the same kind is believed at
 * once; the first one, and the first after garbage, only with the header of the next. Tags (ID3) are left out. Where the
 * sample rate or the channels change, a new stream begins: a decoder would go on, but filters behind it start anew.
 */
export class FrameReader implements UnitReader {
  readonly name: string;
  readonly input: DecoderInput;
  readonly #format: FrameFormat;
  #decoded = new DecodedSamples(NO_PRE_SKIP);
  #base = 0;
  #current: FrameHeader | undefined;
  /** Whether a frame of this stream ended here. */
  #synced = false;
  /** Whether garbage ended here: tags are not looked for then. */
  #lost = false;
  #atStart = true;
  /** Whether what comes first is known to be a frame. */
  #resumed = false;

  constructor(format: FrameFormat) {
    this.#format = format;
    this.name = format.name;
    this.input = { demuxer: format.demuxer };
  }

  get sampleRate(): number | undefined {
    return this.#current?.sampleRate;
  }

  get samples(): number {
    return Math.max(this.#base, this.#decoded.total);
  }

  next(bytes: Uint8Array, at: number): Unit {
    const { headerBytes } = this.#format;
    const available = bytes.length - at;
    if (available < headerBytes) return { kind: 'wait', bytes: headerBytes };
    const header = this.#format.readHeader(bytes, at);
    if (header === undefined) return this.#noFrame(bytes, at);
    if (available < header.size) return { kind: 'wait', bytes: header.size };
    if (this.#synced && header.signature === this.#current?.signature) return this.#frame(bytes, at, header);
    return this.#resumed ? this.#firstResumed(bytes, at, header) : this.#doubtful(bytes, at, header);
  }

  resume({ sample }: Continuation): void {
    this.#base = sample;
    this.#decoded = new DecodedSamples(NO_PRE_SKIP, sample);
    this.#atStart = false;
    this.#resumed = true;
  }

  #firstResumed(bytes: Uint8Array, at: number, header: FrameHeader): Unit {
    this.#resumed = false;
    this.#current = header;
    return this.#frame(bytes, at, header);
  }

  /** The first frame, one after garbage, or one of another kind: believed when the next header is of the same kind. */
  #doubtful(bytes: Uint8Array, at: number, header: FrameHeader): Unit {
    const needed = header.size + this.#format.headerBytes;
    if (bytes.length - at < needed) return { kind: 'wait', bytes: needed };
    const next = this.#format.readHeader(bytes, at + header.size);
    if (next?.signature !== header.signature) return this.#garbage(bytes, at);
    if (this.#current !== undefined && this.#current.signature !== header.signature) return { kind: 'new-stream' };
    this.#current = header;
    return this.#frame(bytes, at, header);
  }

  #frame(bytes: Uint8Array, at: number, header: FrameHeader): Unit {
    this.#synced = true;
    this.#lost = false;
    const isStart = this.#atStart;
    this.#atStart = false;
    const info = this.#format.readInfo?.(bytes, at, header);
    if (info !== undefined) {
      if (!isStart || info.feed === undefined) return { kind: 'drop', bytes: header.size };
      this.#decoded = new DecodedSamples(NO_PRE_SKIP, this.#base - info.preSkip); // a restarted decoder sees no tag
      return { kind: 'feed', bytes: header.size, as: info.feed };
    }
    const sample = this.#decoded.restartSample();
    this.#decoded.add(header.samples);
    const restart = sample < this.#base ? undefined : { sample, prefix: NO_PREFIX };
    return { kind: 'feed', bytes: header.size, restart };
  }

  #noFrame(bytes: Uint8Array, at: number): Unit {
    if (this.#lost) return this.#garbage(bytes, at);
    if (hasText(bytes, at, 'ID3')) return id3v2(bytes, at) ?? this.#garbage(bytes, at);
    return hasText(bytes, at, 'TAG') ? { kind: 'drop', bytes: ID3V1_BYTES } : this.#garbage(bytes, at);
  }

  /** Up to the next byte that a frame may begin with. */
  #garbage(bytes: Uint8Array, at: number): Unit {
    this.#synced = false;
    this.#lost = true;
    const next = bytes.indexOf(0xff, at + 1);
    const end = next < 0 ? bytes.length : next;
    return { kind: 'garbage', bytes: end - at };
  }
}

/** An ID3v2 tag; undefined when its size is not one. */
function id3v2(bytes: Uint8Array, at: number): Unit | undefined {
  if (bytes.length - at < ID3V2_HEADER_BYTES) return { kind: 'wait', bytes: ID3V2_HEADER_BYTES };
  let size = 0;
  for (let i = 6; i < 10; i++) {
    const byte = byteAt(bytes, at + i);
    if (byte >= 0x80) return undefined;
    size = size * 128 + byte;
  }
  const hasFooter = (byteAt(bytes, at + 5) & 0x10) !== 0;
  const total = ID3V2_HEADER_BYTES + size + (hasFooter ? ID3V2_HEADER_BYTES : 0);
  if (total > MAX_ID3V2_BYTES) throw new AwazError('bad_media', `The stream begins with an ID3 tag of ${total} bytes.`);
  return { kind: 'drop', bytes: total };
}
