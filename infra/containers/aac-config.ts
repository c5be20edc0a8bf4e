import { byteAt } from './byte-fields.ts';
import type { PacketCodec } from './packet-codec.ts';

/** Sample rates by index (ISO/IEC 14496-3 table 1.18). */
export const AAC_SAMPLE_RATES: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];

const SBR = 5;
const PARAMETRIC_STEREO = 29;
const SYNC_EXTENSION = 0x2b7;

class Bits {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      value = value * 2 + ((byteAt(this.#bytes, this.#at >> 3) >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }

  objectType(): number {
    const type = this.read(5);
    return type === 31 ? 32 + this.read(6) : type;
  }

  sampleRate(): number {
    const index = this.read(4);
    return index === 15 ? this.read(24) : (AAC_SAMPLE_RATES[index] ?? 0);
  }
}

/** Rate of the SBR output that is announced behind the core's set-up (ISO/IEC 14496-3 1.6.6.2); 0 without. */
function extensionRate(bits: Bits): number {
  if (bits.read(11) !== SYNC_EXTENSION || bits.objectType() !== SBR) return 0;
  return bits.read(1) === 1 ? bits.sampleRate() : 0;
}

/**
 * AAC as its AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1) describes it; undefined when that is none. With announced SBR
 * the counts are at the doubled rate, as decoders give it out.
 */
export function aacCodec(config: Uint8Array): PacketCodec | undefined {
  const bits = new Bits(config);
  let type = bits.objectType();
  const coreRate = bits.sampleRate();
  bits.read(4); // channel configuration
  let outputRate = 0;
  if (type === SBR || type === PARAMETRIC_STEREO) {
    outputRate = bits.sampleRate();
    type = bits.objectType();
  }
  const coreSamples = bits.read(1) === 1 ? 960 : 1024;
  if (bits.read(1) === 1) bits.read(14); // core coder delay
  bits.read(1); // extension flag
  outputRate ||= extensionRate(bits);
  if (config.length < 2 || type === 0 || coreRate === 0) return undefined;
  const samples = outputRate > coreRate ? coreSamples * 2 : coreSamples;
  const samplesOf = (_bytes: Uint8Array, _start: number, length: number) => (length > 0 ? samples : 0);
  return {
    sampleRate: Math.max(outputRate, coreRate),
    preSkip: 0,
    swallowsFirstPacket: false,
    samplesOf,
  };
}
