import type { Seconds } from './seconds.ts';

/** The lengths that decide what a sliding playlist lists. */
export type LiveWindowLimits = {
  /** Most audio in complete segments. */
  windowSeconds: Seconds;
  targetDuration: number;
};

/**
 * Index of the first complete segment to list: as many of the last ones as fit into the window, and never less than three
 * target durations of them. `durations` are those of all complete segments that are kept, in order.
 */
export function firstListedSegment(durations: readonly Seconds[], limits: LiveWindowLimits): number {
  let listed = 0;
  for (let index = durations.length - 1; index >= 0; index--) {
    const longer = listed + (durations[index] ?? 0);
    // RFC 8216bis 6.2.2: "The server MUST NOT remove a Media Segment from a Playlist file without an EXT-X-ENDLIST tag if
    // that would produce a Playlist whose duration is less than three times the Target Duration."
    if (longer > limits.windowSeconds && listed >= 3 * limits.targetDuration) return index + 1;
    listed = longer;
  }
  return 0;
}

/**
 * Index of the first complete segment whose parts are listed; `openSeconds` is the length of the parts after the last
 * one. Parts of one segment come and go together: players number them by their place.
 */
export function firstSegmentWithParts(
  durations: readonly Seconds[],
  openSeconds: Seconds,
  targetDuration: number,
): number {
  let distance = openSeconds;
  for (let index = durations.length - 1; index >= 0; index--) {
    distance += durations[index] ?? 0;
    // RFC 8216bis 6.2.2: "EXT-X-PART tags SHOULD be removed from the Playlist after they are greater than three Target
    // Durations from the end of the Playlist."
    if (distance > 3 * targetDuration + 1e-6) return index + 1;
  }
  return 0;
}
