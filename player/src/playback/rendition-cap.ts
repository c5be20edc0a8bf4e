/**
 * Keeps hls.js from renditions that a line proved too slow for. Its own estimate is made from parts of a few kB and
 * errs on the high side; a stall while parts were waiting to be loaded does not.
 */

/** So long without another such stall allows one rendition more, in ms. */
const CLEAN_MS = 60_000;

/** The highest rendition allowed, by its place in rising order of bitrate; null when all are. */
export type RenditionCap = { level: number | null; since: number };

/** All renditions are allowed. */
export const NO_CAP: RenditionCap = { level: null, since: 0 };

/** After a stall at `at` (monotonic ms) with the rendition `playing`: one lower, down to the lowest. */
export function lowerCap(playing: number, at: number): RenditionCap {
  return { level: Math.max(0, playing - 1), since: at };
}

/** One rendition more after a clean minute, and no cap when that is the highest; the same object when nothing changes. */
export function relaxCap(cap: RenditionCap, { highest, at }: { highest: number; at: number }): RenditionCap {
  if (cap.level === null || at - cap.since < CLEAN_MS) return cap;
  const level = cap.level + 1;
  return level >= highest ? NO_CAP : { level, since: at };
}
