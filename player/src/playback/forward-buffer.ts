/** Gaps up to this many seconds between buffered ranges are played through. */
const HOLE_SECONDS = 0.1;

/** Seconds buffered from `position` on; 0 when the position itself is not buffered. */
export function forwardBuffer(ranges: TimeRanges, position: number): number {
  let end = position;
  for (let i = 0; i < ranges.length; i++) {
    if (ranges.start(i) <= end + HOLE_SECONDS && ranges.end(i) > end) end = ranges.end(i);
  }
  return end - position;
}

/** End of the last buffered range in seconds; 0 when nothing is buffered. */
export function bufferEnd(ranges: TimeRanges): number {
  return ranges.length === 0 ? 0 : ranges.end(ranges.length - 1);
}
