import type { DateRange } from './date-range.ts';
import type { SkipDirective } from './delivery-directives.ts';
import type { MediaPlaylist } from './media-playlist.ts';
import type { MediaSegment } from './media-segment.ts';

/** How a delta update is asked for, and when (server's clock in ms; matters for date ranges only). */
export type DeltaRequest = { skip: SkipDirective; now: number };

/**
 * The delta update (RFC 8216bis 6.2.5.1) of a full playlist. The playlist itself comes back where none may be given or
 * there is nothing to skip.
 */
export function deltaUpdate(full: MediaPlaylist, { skip, now }: DeltaRequest): MediaPlaylist {
  const boundary = full.serverControl?.canSkipUntil;
  // "A Server MUST ignore the _HLS_skip directive if the Playlist does not contain the CAN-SKIP-UNTIL attribute, or if it
  // contains an EXT-X-ENDLIST tag."
  if (boundary === undefined || full.ended) return full;
  const skippedSegments = countSkippable(full.segments, boundary);
  if (skippedSegments === 0) return full;
  const segments = full.segments.slice(skippedSegments);
  if (skip === 'YES' || full.serverControl?.canSkipDateRanges !== true) {
    return { ...full, segments, skip: { skippedSegments } };
  }
  const boundaryTime = now - boundary * 1000;
  return {
    ...full,
    segments,
    // "When the _HLS_skip directive has a value of v2, the Playlist Delta Update additionally MUST NOT contain
    // EXT-X-DATERANGE tags that were added to the Playlist more than CAN-SKIP-UNTIL seconds before the Playlist request."
    dateRanges: full.dateRanges.filter((range) => range.addedAt === undefined || range.addedAt >= boundaryTime),
    skip: {
      skippedSegments,
      // "The RECENTLY-REMOVED-DATERANGES attribute of the EXT-X-SKIP tag MUST list the date ranges that were removed from
      // the Playlist within CAN-SKIP-UNTIL seconds of the Playlist request."
      recentlyRemovedDateRanges: (full.removedDateRanges ?? [])
        .filter((range) => range.removedAt >= boundaryTime)
        .map((range) => range.id),
    },
  };
}

function countSkippable(segments: readonly MediaSegment[], boundary: number): number {
  // "… Media Segments that are further from the end of the last (Parent) Media Segment in the Playlist than the Skip
  // Boundary …": the whole segment must lie beyond it, so its end counts.
  let distance = 0;
  for (let index = segments.length - 1; index >= 0; index--) {
    if (distance > boundary) return index + 1;
    distance += segments[index]?.durationSeconds ?? 0;
  }
  return 0;
}

/** A delta update does not fit the playlist it should update: segments that it skips are not known. */
export class DeltaMismatchError extends Error {
  override name = 'DeltaMismatchError';
}

/**
 * What a client does with a delta update (RFC 8216bis 6.3.7): the full playlist, from the update and an earlier full
 * playlist. A full playlist comes back as it is. Throws a {@link DeltaMismatchError}.
 */
export function mergeDeltaUpdate(update: MediaPlaylist, previous: MediaPlaylist): MediaPlaylist {
  const { skip, ...rest } = update;
  if (skip === undefined) return update;
  const from = update.mediaSequence - previous.mediaSequence;
  const known = previous.segments.slice(Math.max(0, from), from + skip.skippedSegments);
  if (from < 0 || known.length < skip.skippedSegments) {
    throw new DeltaMismatchError(
      `The update skips ${skip.skippedSegments} segments from ${update.mediaSequence}; the earlier playlist has ` +
        `${previous.segments.length} from ${previous.mediaSequence}. Load the full playlist.`,
    );
  }
  // Skipped segments lie six target durations back, where parts are not listed any more.
  const skipped = known.map((segment) => ({ ...segment, parts: [] }));
  return {
    ...rest,
    ...(previous.map === undefined ? {} : { map: previous.map }),
    segments: [...skipped, ...update.segments],
    dateRanges: mergeDateRanges(update, previous),
  };
}

function mergeDateRanges(update: MediaPlaylist, previous: MediaPlaylist): readonly DateRange[] {
  const removed = update.skip?.recentlyRemovedDateRanges;
  if (removed === undefined) return update.dateRanges;
  const merged = new Map(previous.dateRanges.map((range) => [range.id, range]));
  for (const id of removed) merged.delete(id);
  for (const range of update.dateRanges) merged.set(range.id, range);
  return [...merged.values()];
}
