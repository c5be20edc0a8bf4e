import type Hls from 'hls.js/light';
import type { Fragment, LevelDetails } from 'hls.js/light';

/**
 * The browser tells the end of its buffer in whole microseconds, cut off, and playlists carry rounded durations, so a
 * buffer that ends with a segment may end just before it. Shorter than any frame, in seconds.
 */
const ROUNDING_SECONDS = 0.001;

/** The part of hls.js that looks for what to load next; it has no public name. */
type FragmentFinder = {
  getFragmentAtPosition(bufferEnd: number, end: number, details: LevelDetails): Fragment | null;
};

/**
 * Lets hls.js take a buffer that ends within a millisecond of a segment's end for ended there. Left alone, hls.js 1.7.4
 * finds the segment that is over, and when some of its parts came from another rendition or were skipped by a seek, it
 * neither loads them (the segment counts as buffered) nor goes on, until something else moves the playhead: 0.3 s and
 * more without loading at a segment's end. Call once, before anything is loaded. Says whether hls.js could be changed.
 */
export function lookPastRounding(hls: Hls): boolean {
  const { streamController } = hls as unknown as { streamController?: FragmentFinder };
  if (typeof streamController?.getFragmentAtPosition !== 'function') return false;
  const find = streamController.getFragmentAtPosition;
  streamController.getFragmentAtPosition = (bufferEnd, end, details) =>
    find.call(streamController, bufferEnd + ROUNDING_SECONDS, end, details);
  return true;
}
