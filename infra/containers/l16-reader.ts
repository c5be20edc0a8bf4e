import type { IngestFormat } from '../contract/index.ts';
import { AwazError } from '../contract/index.ts';
import { guessByteOrder, swapByteOrder } from './byte-order.ts';
import type { Continuation, DecoderInput } from './container-scanner.ts';
import { type PcmLayout, PcmRun, pcmLayout, readPcmState, writePcmState } from './pcm-run.ts';
import type { Unit, UnitReader } from './unit-reader.ts';

/** Ms of signal after which the byte order is guessed. */
const GUESS_AFTER_MS = 50;

/** Ms that are looked through for silence at a time: no more than one unit is fed anyway. */
const LOOK_MS = 100;

/** Ms of signal after which it is taken for little endian when it is still not clear. */
const GUESS_WITHIN_MS = 200;

/**
 * Raw 16-bit PCM (`audio/l16`). RFC 2586 says big endian, many senders give little endian. The type's `endian` parameter
 * decides. Without it the decoder is told little endian, leading silence (zeros, the same in both orders) passes, the first 50 ms with signal
 * are kept until their order is found, and big endian is turned round from there on. After 200 ms without a
 * clear answer it is little endian.
 */
export class L16Reader implements UnitReader {
  readonly name = 'L16';
  #run: PcmRun;
  /** Order of the bytes as received, against what the decoder is told. */
  #order: 'as-told' | 'turned' | 'unknown';
  #guessMs = GUESS_AFTER_MS;

  constructor({ mime, sampleRate = 0, channels = 0, endian }: IngestFormat) {
    const layout = pcmLayout(endian === 'big' ? 's16be' : 's16le', sampleRate, channels);
    if (layout === undefined) throw new AwazError('unsupported_format', `"${mime}" needs a rate and channels.`);
    this.#run = new PcmRun(layout, 0);
    this.#order = endian === undefined ? 'unknown' : 'as-told';
  }

  get input(): DecoderInput {
    const { demuxer, sampleRate, channels } = this.#layout;
    return { demuxer, sampleRate, channels };
  }

  get sampleRate(): number {
    return this.#layout.sampleRate;
  }

  get samples(): number {
    return this.#run.samples;
  }

  get #layout(): PcmLayout {
    return this.#run.layout;
  }

  next(bytes: Uint8Array, at: number): Unit {
    if (this.#order === 'unknown') {
      const unit = bytes.subarray(at, at + this.#run.bytesOf(LOOK_MS));
      const silent = silentBytes(unit, this.#layout.frameBytes);
      if (silent > 0) return this.#feed(silent);
      const wait = this.#guess(bytes, at);
      if (wait !== undefined) return wait;
    }
    const unit = this.#feed(bytes.length - at);
    if (this.#order === 'as-told' || unit.kind === 'wait') return unit;
    return { ...unit, as: swapByteOrder(bytes.subarray(at, at + unit.bytes)) };
  }

  resume({ sample, state }: Continuation): void {
    const { layout, word } = readPcmState(state);
    this.#run = new PcmRun(layout, sample);
    this.#order = word === 'turned' || word === 'unknown' ? word : 'as-told';
  }

  #feed(available: number): Unit & { kind: 'feed' | 'wait' } {
    return this.#run.feed(available, writePcmState(this.#layout, this.#order));
  }

  #guess(bytes: Uint8Array, at: number): Unit | undefined {
    const needed = this.#run.bytesOf(this.#guessMs);
    if (bytes.length - at < needed) return { kind: 'wait', bytes: needed };
    const order = guessByteOrder(bytes.subarray(at, at + needed), this.#layout.channels);
    if (order === undefined && this.#guessMs < GUESS_WITHIN_MS) {
      this.#guessMs += GUESS_AFTER_MS;
      return this.#guess(bytes, at);
    }
    this.#order = order === 'big' ? 'turned' : 'as-told';
    return undefined;
  }
}

/** Bytes of whole frames of zeros at the start. */
function silentBytes(bytes: Uint8Array, frameBytes: number): number {
  const signal = bytes.findIndex((byte) => byte !== 0);
  const end = signal === -1 ? bytes.length : signal;
  return end - (end % frameBytes);
}
