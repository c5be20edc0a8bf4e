import type { Seconds } from './seconds.ts';

/** Size and length of one segment of one rendition. `filler`: it holds frames that stand in for missing audio. */
export type SegmentSize = { bytes: number; durationSeconds: Seconds; filler: boolean };

/** What a variant line says of bit rates, in bit/s. */
export type Bandwidth = { bandwidth: number; averageBandwidth: number };

/** Bytes that a part has around its frames: `moof` and `mdat` headers. */
const PART_OVERHEAD_BYTES = 160;

/** How much an encoder at a constant target may exceed it within one segment. */
const ENCODER_HEADROOM = 1.1;

/** Segments without filler that are needed before their average says more than the encoder's target. */
const MIN_MEASURED_SEGMENTS = 5;

/**
 * Bit rates of a rendition with a target of `kbps`, from its segments in the window. The peak never falls below what the
 * encoder is set to, so that a player that joins during silence is not misled.
 */
export function measureBandwidth(
  segments: readonly SegmentSize[],
  { kbps, partTarget, targetDuration }: { kbps: number; partTarget: Seconds; targetDuration: number },
): Bandwidth {
  const overhead = (PART_OVERHEAD_BYTES * 8) / partTarget;
  let peak = kbps * 1000 * ENCODER_HEADROOM + overhead;
  let bits = 0;
  let seconds = 0;
  let measured = 0;
  for (const segment of segments) {
    // RFC 8216bis 4.1: "The peak segment bit rate of a Media Playlist is the largest bit rate of any contiguous set of
    // segments whose total duration is between 0.5 and 1.5 times the target duration."
    if (segment.durationSeconds < targetDuration / 2) continue;
    peak = Math.max(peak, (segment.bytes * 8) / segment.durationSeconds);
    if (segment.filler) continue;
    bits += segment.bytes * 8;
    seconds += segment.durationSeconds;
    measured++;
  }
  const average = measured < MIN_MEASURED_SEGMENTS ? kbps * 1000 + overhead : bits / seconds;
  return { bandwidth: Math.ceil(peak), averageBandwidth: Math.min(Math.ceil(peak), Math.round(average)) };
}
