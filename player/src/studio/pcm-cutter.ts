/** Samples of a frame: 20 ms at 48 kHz, what Opus encodes in one go. */
export const FRAME_SAMPLES = 960;

/** Cuts sound that comes in blocks of any size into frames of {@link FRAME_SAMPLES}, channel by channel. */
export class PcmCutter {
  readonly #channels: number;
  #frame: Float32Array<ArrayBuffer>;
  #filled = 0;

  constructor(channels: number) {
    this.#channels = channels;
    this.#frame = new Float32Array(channels * FRAME_SAMPLES);
  }

  /**
   * Takes a block of `length` samples in each channel; a channel that is missing is silent. Calls `onFrame` with each
   * frame that is full (one channel after the other; it may be kept) and how many samples of the block are behind it.
   */
  add(
    block: readonly Float32Array[],
    length: number,
    onFrame: (frame: Float32Array<ArrayBuffer>, rest: number) => void,
  ): void {
    for (let at = 0; at < length; ) {
      const count = Math.min(length - at, FRAME_SAMPLES - this.#filled);
      for (let channel = 0; channel < this.#channels; channel++) {
        const samples = block[channel]?.subarray(at, at + count);
        if (samples !== undefined) this.#frame.set(samples, channel * FRAME_SAMPLES + this.#filled);
      }
      at += count;
      this.#filled += count;
      if (this.#filled < FRAME_SAMPLES) return;
      const full = this.#frame;
      this.#frame = new Float32Array(this.#channels * FRAME_SAMPLES);
      this.#filled = 0;
      onFrame(full, length - at);
    }
  }
}
