import { SAMPLE_RATE, SAMPLES_PER_FRAME } from './units.ts';

/** One rung of the ladder: an AAC-LC rendition at a constant target bitrate. */
export type Rung = {
  /** Name in URLs and pages, like `128k`. */
  name: string;
  /** Target bitrate in kbit/s. */
  kbps: number;
};

/** Frames in one media segment: 1.92 s, so that the target duration is 2 s. */
export const FRAMES_PER_SEGMENT = 90;

/** How a broadcast is cut; constant for its life (RFC 8216bis 4.4.3.1: TARGETDURATION must not change). */
export type Cut = {
  /** AAC frames in a full part; divides {@link FRAMES_PER_SEGMENT}. */
  framesPerPart: number;
  /** AAC frames in a full segment. */
  framesPerSegment: number;
};

/** Parses `64k,128k,256k`; rungs come back in rising order. Throws a RangeError that names the bad entry. */
export function parseLadder(text: string): Rung[] {
  const rungs = text.split(',').map((entry) => {
    const match = /^\s*(\d{2,3})k\s*$/.exec(entry);
    const kbps = Number(match?.[1]);
    if (match === null || kbps < 16 || kbps > 320) {
      throw new RangeError(`ladder entry "${entry.trim()}" is not a bitrate between 16k and 320k, like 128k`);
    }
    return { name: `${kbps}k`, kbps };
  });
  if (new Set(rungs.map((rung) => rung.name)).size !== rungs.length || rungs.length > 8) {
    throw new RangeError(`ladder "${text}" needs 1 to 8 different bitrates`);
  }
  return rungs.sort((a, b) => a.kbps - b.kbps);
}

/** The cut for a wished part length in ms: rounded down to whole frames that divide a segment, at least 2 frames. */
export function cutForPartTarget(partTargetMs: number): Cut {
  const frames = Math.floor((partTargetMs * SAMPLE_RATE) / 1000 / SAMPLES_PER_FRAME + 1e-6);
  let framesPerPart = 2;
  for (let candidate = 2; candidate <= Math.min(frames, FRAMES_PER_SEGMENT); candidate++) {
    if (FRAMES_PER_SEGMENT % candidate === 0) framesPerPart = candidate;
  }
  return { framesPerPart, framesPerSegment: FRAMES_PER_SEGMENT };
}

/** Length of a full part in seconds. */
export function partSeconds(cut: Cut): number {
  return (cut.framesPerPart * SAMPLES_PER_FRAME) / SAMPLE_RATE;
}

/** Length of a full segment in seconds. */
export function segmentSeconds(cut: Cut): number {
  return (cut.framesPerSegment * SAMPLES_PER_FRAME) / SAMPLE_RATE;
}
