/** Playlists, delivery directives and the rules of RFC 8216bis about them: values in, values out, no Node, no clock. */
export { type Attributes, parseAttributes } from './attribute-list.ts';
export {
  advancePartLimit,
  isReached,
  judgeReload,
  type PlaylistEdge,
  type ReloadTarget,
  type ReloadVerdict,
} from './blocking-reload.ts';
export { type DateRange, type RemovedDateRange, renderDateRange } from './date-range.ts';
export {
  type DeliveryDirectives,
  type DirectivesResult,
  parseDeliveryDirectives,
  type SkipDirective,
} from './delivery-directives.ts';
export { DeltaMismatchError, type DeltaRequest, deltaUpdate, mergeDeltaUpdate } from './delta-update.ts';
export { firstListedSegment, firstSegmentWithParts, type LiveWindowLimits } from './live-window.ts';
export { type MediaPart, renderPart } from './media-part.ts';
export { type MediaPlaylist, renderMediaPlaylist, requiredVersion } from './media-playlist.ts';
export { formatDateTime, type InitSection, type MediaSegment, type OpenSegment } from './media-segment.ts';
export {
  type MultivariantPlaylist,
  parseMultivariantPlaylist,
  renderMultivariantPlaylist,
  type VariantStream,
} from './multivariant-playlist.ts';
export { type PlaylistLine, PlaylistSyntaxError, readPlaylistLines } from './playlist-lines.ts';
export { parseMediaPlaylist } from './playlist-parser.ts';
export type { PreloadHint } from './preload-hint.ts';
export type { RenditionReport } from './rendition-report.ts';
export { formatSeconds, roundSeconds, type Seconds } from './seconds.ts';
export { type Bandwidth, measureBandwidth, type SegmentSize } from './segment-bandwidth.ts';
export { type ServerControl, serverControlFor } from './server-control.ts';
export type { Skip } from './skip.ts';
