import { type Attributes, numberAttribute, plainText, renderAttributes } from './attribute-list.ts';
import { PlaylistSyntaxError } from './playlist-lines.ts';

/** `EXT-X-SKIP` (RFC 8216bis 4.4.5.2): what a delta update leaves out. */
export type Skip = {
  /** How many segments at the head are left out, at least 1. */
  skippedSegments: number;
  /** Ids of date ranges that were removed lately; present (and maybe empty) only when date ranges were left out too. */
  recentlyRemovedDateRanges?: readonly string[];
};

/** Renders the tag. */
export function renderSkip(skip: Skip): string {
  // RECENTLY-REMOVED-DATERANGES: "The value is a quoted-string consisting of a tab (0x9) delimited list of
  // EXT-X-DATERANGE IDs that have been removed from the Playlist recently."
  const removed = skip.recentlyRemovedDateRanges;
  return `#EXT-X-SKIP:${renderAttributes([
    ['SKIPPED-SEGMENTS', String(skip.skippedSegments)],
    ['RECENTLY-REMOVED-DATERANGES', removed === undefined ? undefined : `"${removed.map(plainText).join('\t')}"`],
  ])}\n`;
}

/** Reads the tag's attributes. */
export function parseSkip(attributes: Attributes, line: number): Skip {
  const skippedSegments = numberAttribute(attributes, 'SKIPPED-SEGMENTS', line);
  if (skippedSegments === undefined) throw new PlaylistSyntaxError(line, 'attribute SKIPPED-SEGMENTS is missing');
  const removed = attributes.get('RECENTLY-REMOVED-DATERANGES');
  if (removed === undefined) return { skippedSegments };
  return { skippedSegments, recentlyRemovedDateRanges: removed === '' ? [] : removed.split('\t') };
}
