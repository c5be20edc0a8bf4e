/** Milliseconds since 1970 or a span of milliseconds; fractions are allowed. */
export type Milliseconds = number;

/** The one sample rate of everything after the encoder, in samples per second per channel. */
export const SAMPLE_RATE = 48_000;

/** Samples per channel in one AAC-LC frame (ISO/IEC 14496-3). */
export const SAMPLES_PER_FRAME = 1024;

/** Length of one AAC-LC frame at {@link SAMPLE_RATE}, 21.33 ms. */
export const FRAME_DURATION_MS: Milliseconds = (SAMPLES_PER_FRAME * 1000) / SAMPLE_RATE;

/** Frames to milliseconds at {@link SAMPLE_RATE}; exact up to floating point. */
export function framesToMs(frames: number): Milliseconds {
  return (frames * SAMPLES_PER_FRAME * 1000) / SAMPLE_RATE;
}

/**
 * Segments of filler that open a broadcast, published at once: players such as hls.js refuse a playlist without a whole
 * segment.
 */
export const OPENING_SEGMENTS = 3;

/** Samples at {@link SAMPLE_RATE} to milliseconds. */
export function samplesToMs(samples: number): Milliseconds {
  return (samples * 1000) / SAMPLE_RATE;
}
