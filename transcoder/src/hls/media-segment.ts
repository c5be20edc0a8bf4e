import { quotedString } from './attribute-list.ts';
import { type MediaPart, renderPart } from './media-part.ts';
import { formatSeconds, type Seconds } from './seconds.ts';

/** An init section as `EXT-X-MAP` names it. */
export type InitSection = { uri: string; byteRange?: string };

/** What stands in a playlist before the parts of a segment, and stays where it is once the segment is complete. */
export type OpenSegment = {
  /** Date-time of the first sample, ms since 1970. */
  programDateTime?: number;
  /** Whether `EXT-X-DISCONTINUITY` applies to it. */
  discontinuity?: boolean;
  /** Another init section than that of the segment before. */
  map?: InitSection;
  /** Parts that are listed, in order; empty once they are far enough from the live edge. */
  parts: readonly MediaPart[];
};

/** A Media Segment as a playlist lists it. Its media sequence number follows from its place. */
export type MediaSegment = OpenSegment & {
  /** Relative to the playlist. */
  uri: string;
  durationSeconds: Seconds;
  /** Whether it is not available: `EXT-X-GAP`. */
  gap?: boolean;
  /** `n[@o]` when it is a range of a larger resource. */
  byteRange?: string;
};

/** Renders `EXT-X-MAP`. */
export function renderMap(map: InitSection): string {
  const range = map.byteRange === undefined ? '' : `,BYTERANGE=${quotedString(map.byteRange)}`;
  return `#EXT-X-MAP:URI=${quotedString(map.uri)}${range}\n`;
}

/** Renders what belongs to a segment of which only parts exist so far. */
export function renderOpenSegment(segment: OpenSegment): string {
  // RFC 8216bis 4.4.4.9: "When the Media Segment Tags EXT-X-DISCONTINUITY, EXT-X-KEY, EXT-X-MAP, or
  // EXT-X-PROGRAM-DATE-TIME are applied to a Parent Segment, they also necessarily apply to the first Partial Segment, so
  // they MUST appear before the first EXT-X-PART tag of that Parent Segment."
  let text = segment.discontinuity ? '#EXT-X-DISCONTINUITY\n' : '';
  if (segment.map !== undefined) text += renderMap(segment.map);
  if (segment.programDateTime !== undefined) {
    text += `#EXT-X-PROGRAM-DATE-TIME:${formatDateTime(segment.programDateTime)}\n`;
  }
  for (const part of segment.parts) text += renderPart(part);
  return text;
}

/** Renders a complete segment with its tags and listed parts. */
export function renderSegment(segment: MediaSegment): string {
  let text = renderOpenSegment(segment);
  if (segment.gap) text += '#EXT-X-GAP\n';
  text += `#EXTINF:${formatSeconds(segment.durationSeconds)},\n`;
  if (segment.byteRange !== undefined) text += `#EXT-X-BYTERANGE:${segment.byteRange}\n`;
  return `${text}${segment.uri}\n`;
}

/** A date-time-msec (ISO 8601) of ms since 1970, rounded to whole ms. */
export function formatDateTime(ms: number): string {
  return new Date(Math.round(ms)).toISOString();
}
