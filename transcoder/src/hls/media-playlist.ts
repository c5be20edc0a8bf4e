import { type DateRange, type RemovedDateRange, renderDateRange } from './date-range.ts';
import {
  type InitSection,
  type MediaSegment,
  type OpenSegment,
  renderMap,
  renderOpenSegment,
  renderSegment,
} from './media-segment.ts';
import { type PreloadHint, renderPreloadHint } from './preload-hint.ts';
import { type RenditionReport, renderRenditionReport } from './rendition-report.ts';
import { formatSeconds, type Seconds } from './seconds.ts';
import { renderServerControl, type ServerControl } from './server-control.ts';
import { renderSkip, type Skip } from './skip.ts';

/** A Media Playlist (RFC 8216bis 4.4.3) at one moment: of one rendition, live or ended. */
export type MediaPlaylist = {
  /** In whole seconds; constant. */
  targetDuration: number;
  /** Whether every segment can be decoded without those before it. */
  independentSegments: boolean;
  /** `EVENT`: segments are only ever added; `VOD`: nothing changes. Absent: segments may be removed. */
  playlistType?: 'EVENT' | 'VOD';
  serverControl?: ServerControl;
  /** Upper bound of every part's duration; constant. Present when there are parts. */
  partTarget?: Seconds;
  /** Media sequence number of the first segment; in a delta update of the first skipped one. */
  mediaSequence: number;
  /** Present when a discontinuity may have been removed. */
  discontinuitySequence?: number;
  /** Init section in force at the first segment. */
  map?: InitSection;
  /** Present in a delta update: what stands in the place of the first segments. */
  skip?: Skip;
  segments: readonly MediaSegment[];
  /** The segment of which only parts exist so far. */
  openSegment?: OpenSegment;
  dateRanges: readonly DateRange[];
  /** Date ranges that were listed once; only delta updates speak of them. */
  removedDateRanges?: readonly RemovedDateRange[];
  preloadHint?: PreloadHint;
  renditionReports: readonly RenditionReport[];
  /** Whether nothing will be added: `EXT-X-ENDLIST`. */
  ended: boolean;
};

/** The lowest protocol version (RFC 8216bis 8) that a playlist needs. */
export function requiredVersion(playlist: MediaPlaylist): number {
  // 10: "An EXT-X-SKIP tag that replaces EXT-X-DATERANGE tags in a Playlist Delta Update."
  if (playlist.skip?.recentlyRemovedDateRanges !== undefined) return 10;
  // 9: "The EXT-X-SKIP tag."
  if (playlist.skip !== undefined) return 9;
  // 6: "The EXT-X-MAP tag in a Media Playlist that does not contain EXT-X-I-FRAMES-ONLY."
  return 6;
}

/** Renders a playlist as text; equal values give equal text. */
export function renderMediaPlaylist(playlist: MediaPlaylist): string {
  let text = renderHeader(playlist);
  // RFC 8216bis 4.4.5.2: "When replacing Media Segments, the EXT-X-SKIP tag replaces the segment URI lines and all Media
  // Segment Tags that are applied to those segments": EXT-X-MAP is one of them.
  if (playlist.skip !== undefined) text += renderSkip(playlist.skip);
  else if (playlist.map !== undefined) text += renderMap(playlist.map);
  for (const segment of playlist.segments) text += renderSegment(segment);
  if (playlist.openSegment !== undefined) text += renderOpenSegment(playlist.openSegment);
  for (const range of playlist.dateRanges) text += renderDateRange(range);
  // RFC 8216bis 4.4.5.3: "A Playlist containing an EXT-X-ENDLIST tag MUST NOT contain an EXT-X-PRELOAD-HINT tag."
  if (playlist.preloadHint !== undefined && !playlist.ended) text += renderPreloadHint(playlist.preloadHint);
  for (const report of playlist.renditionReports) text += renderRenditionReport(report);
  return playlist.ended ? `${text}#EXT-X-ENDLIST\n` : text;
}

function renderHeader(playlist: MediaPlaylist): string {
  let text = `#EXTM3U\n#EXT-X-VERSION:${requiredVersion(playlist)}\n#EXT-X-TARGETDURATION:${playlist.targetDuration}\n`;
  if (playlist.playlistType !== undefined) text += `#EXT-X-PLAYLIST-TYPE:${playlist.playlistType}\n`;
  if (playlist.serverControl !== undefined) text += renderServerControl(playlist.serverControl);
  if (playlist.partTarget !== undefined) {
    text += `#EXT-X-PART-INF:PART-TARGET=${formatSeconds(playlist.partTarget)}\n`;
  }
  text += `#EXT-X-MEDIA-SEQUENCE:${playlist.mediaSequence}\n`;
  if (playlist.discontinuitySequence !== undefined) {
    text += `#EXT-X-DISCONTINUITY-SEQUENCE:${playlist.discontinuitySequence}\n`;
  }
  return playlist.independentSegments ? `${text}#EXT-X-INDEPENDENT-SEGMENTS\n` : text;
}
