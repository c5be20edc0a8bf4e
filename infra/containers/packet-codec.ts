/** How many samples a decoder makes of the packets of one codec. */
export type PacketCodec = {
  /** Samples per second that the counts are in. */
  readonly sampleRate: number;
  /** Samples that every new decoder drops at its start (Opus pre-skip). */
  readonly preSkip: number;
  /** Whether a new decoder makes nothing of its first packet (Vorbis: there is nothing to overlap it with). */
  readonly swallowsFirstPacket: boolean;
  /**
   * Samples that a decoder that has seen the packet before makes of this one; 0 when it will refuse it. `bytes` may end
   * before `start + length` when the rest of the packet is not at hand; the first {@link PACKET_HEAD_BYTES} always are.
   */
  samplesOf(bytes: Uint8Array, start: number, length: number): number;
};

/** Bytes at a packet's start that every codec can tell its length in samples from. */
export const PACKET_HEAD_BYTES = 64;

/** Counts decoded samples over the life of one decoder, from the place in the stream where it begins. */
export class DecodedSamples {
  readonly #base: number;
  readonly #preSkip: number;
  #decoded = 0;

  constructor(codec: Pick<PacketCodec, 'preSkip'>, base = 0) {
    this.#preSkip = codec.preSkip;
    this.#base = base;
  }

  /** Samples that came out so far. */
  get total(): number {
    return this.#base + Math.max(0, this.#decoded - this.#preSkip);
  }

  /**
   * Samples before the first that a new decoder would give out, started with the packet that comes next: its pre-skip
   * is dropped once more, which cancels out. `first`: samples of that packet, where a new decoder swallows it.
   */
  restartSample(first = 0): number {
    return this.#base + this.#decoded + first;
  }

  /** Counts a packet's samples; negative: trimmed off its end. */
  add(samples: number): void {
    this.#decoded += samples;
  }
}
