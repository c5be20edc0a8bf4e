import { byteAt, hasText, u32le } from './byte-fields.ts';
import type { PacketCodec } from './packet-codec.ts';

/** Reads bits from the end of a packet towards its start: Vorbis packs from the lowest bit up, so this is their reverse. */
class ReverseBits {
  readonly #bytes: Uint8Array;
  #left: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#left = bytes.length * 8;
  }

  get left(): number {
    return this.#left;
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count && this.#left > 0; i++) {
      this.#left -= 1;
      value = value * 2 + ((byteAt(this.#bytes, this.#left >> 3) >> (this.#left & 7)) & 1);
    }
    return value;
  }

  copy(): ReverseBits {
    const copy = new ReverseBits(this.#bytes);
    copy.#left = this.#left;
    return copy;
  }
}

/** Bits of the setup header that can never be modes: its type, `vorbis` and the least of what comes before the modes. */
const BITS_BEFORE_MODES = 97;

function skipPadding(bits: ReverseBits): boolean {
  while (bits.left > BITS_BEFORE_MODES) {
    if (bits.read(1) === 1) return true; // the framing flag is the last set bit of the packet
  }
  return false;
}

/**
 * Block flags of the modes in a setup header (Vorbis I 4.2.4). The modes stand at its very end, behind fields that can
 * only be skipped by reading the whole set-up, so they are read backwards: each is 8 bits of mapping, two words of 0 and
 * the flag; the count (6 bits) stands before the first. The longest run that fits is the right one.
 */
function readModeFlags(setup: Uint8Array): boolean[] | undefined {
  const bits = new ReverseBits(setup);
  if (!skipPadding(bits)) return undefined;
  const flags: boolean[] = [];
  let found: boolean[] | undefined;
  while (bits.left >= BITS_BEFORE_MODES && flags.length < 64) {
    if (bits.read(8) > 63 || bits.read(16) !== 0 || bits.read(16) !== 0) break;
    flags.unshift(bits.read(1) === 1);
    if (bits.copy().read(6) + 1 === flags.length) found = [...flags];
  }
  return found;
}

/** Counts by the block sizes in the headers: a packet yields a quarter of the block before and a quarter of its own. */
class VorbisCodec implements PacketCodec {
  readonly preSkip = 0;
  readonly swallowsFirstPacket = true;
  readonly sampleRate: number;
  readonly #blockSizes: readonly [number, number];
  readonly #longModes: boolean[];
  readonly #modeBits: number;
  #previous = 0;

  constructor(sampleRate: number, blockSizes: readonly [number, number], longModes: boolean[]) {
    this.sampleRate = sampleRate;
    this.#blockSizes = blockSizes;
    this.#longModes = longModes;
    this.#modeBits = longModes.length > 1 ? 32 - Math.clz32(longModes.length - 1) : 0;
  }

  samplesOf(bytes: Uint8Array, start: number, length: number): number {
    const first = byteAt(bytes, start);
    const mode = (first >> 1) & ((1 << this.#modeBits) - 1);
    if (length < 1 || (first & 1) !== 0 || mode >= this.#longModes.length) return 0;
    const block = this.#blockSizes[this.#longModes[mode] === true ? 1 : 0];
    const samples = this.#previous === 0 ? 0 : (this.#previous + block) / 4;
    this.#previous = block;
    return samples;
  }
}

/** Vorbis as its identification and setup headers describe it (Vorbis I 4.2); undefined when they are none. */
export function vorbisCodec(identification: Uint8Array, setup: Uint8Array): PacketCodec | undefined {
  if (identification.length < 30 || !hasText(identification, 0, '\x01vorbis')) return undefined;
  if (!hasText(setup, 0, '\x05vorbis')) return undefined;
  const sizes = byteAt(identification, 28);
  const flags = readModeFlags(setup);
  const sampleRate = u32le(identification, 12);
  if (flags === undefined || sampleRate === 0 || sampleRate > 192_000) return undefined;
  return new VorbisCodec(sampleRate, [1 << (sizes & 15), 1 << (sizes >> 4)], flags);
}
