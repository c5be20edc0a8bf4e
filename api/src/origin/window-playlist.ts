import {
  framesToMs,
  INIT_URI,
  mediaPlaylistUri,
  partUri,
  SAMPLE_RATE,
  SAMPLES_PER_FRAME,
  segmentUri,
  siblingPlaylistUri,
} from '@awaz/infra/contract';
import {
  firstSegmentWithParts,
  type MediaPart,
  type MediaPlaylist,
  type MediaSegment,
  type MultivariantPlaylist,
  measureBandwidth,
  type RenditionReport,
  type SegmentSize,
  serverControlFor,
  type VariantStream,
} from '@awaz/transcoder/hls';
import type { BroadcastWindow } from './broadcast-window.ts';
import { firstRendition } from './progressive/stream-choice.ts';
import type { WindowSegment } from './window-segment.ts';

/** The media playlist of one rendition at this moment. */
export function mediaPlaylistOf(window: BroadcastWindow, rendition: number): MediaPlaylist {
  const { targetDuration, edge } = window;
  const openSegment = window.lowLatency ? window.openSegment : undefined;
  const partTarget = window.lowLatency ? window.partTarget : undefined;
  const durations = window.segments.map((segment) => segment.seconds);
  const first = window.firstListed;
  const withParts = window.lowLatency
    ? firstSegmentWithParts(durations, openSegment?.seconds ?? 0, targetDuration)
    : durations.length;
  const listed = window.segments.slice(first);
  return {
    targetDuration,
    independentSegments: true,
    serverControl: serverControlFor(targetDuration, partTarget),
    partTarget,
    mediaSequence: listed[0]?.msn ?? edge.lastMsn + 1,
    map: { uri: INIT_URI },
    segments: listed.map((segment, index) => listSegment(segment, first + index >= withParts)),
    openSegment:
      openSegment === undefined
        ? undefined
        : { programDateTime: openSegment.programDateTime, parts: listParts(openSegment) },
    dateRanges: window.programme.ranges,
    removedDateRanges: window.programme.removed,
    preloadHint:
      edge.ended || !window.lowLatency ? undefined : { type: 'PART', uri: partUri(edge.lastMsn + 1, edge.openParts) },
    renditionReports: window.lowLatency ? reportsFor(window, rendition) : [],
    ended: edge.ended,
  };
}

function listSegment(segment: WindowSegment, withParts: boolean): MediaSegment {
  return {
    uri: segmentUri(segment.msn),
    durationSeconds: segment.seconds,
    programDateTime: segment.programDateTime,
    parts: withParts ? listParts(segment) : [],
  };
}

function listParts(segment: WindowSegment): MediaPart[] {
  return segment.parts.map((part, index) => ({
    uri: partUri(segment.msn, index),
    durationSeconds: framesToMs(part.frames) / 1000,
    // Every AAC frame can be decoded by itself, so every part can.
    independent: true,
  }));
}

function reportsFor({ meta, edge }: BroadcastWindow, rendition: number): RenditionReport[] {
  // RFC 8216bis 4.4.5.4, LAST-MSN: "If the Rendition contains Partial Segments then this value is the Media Sequence
  // Number of the last Partial Segment." All renditions are published together, so the report is exact.
  const last =
    edge.openParts > 0
      ? { lastMsn: edge.lastMsn + 1, lastPart: edge.openParts - 1 }
      : { lastMsn: edge.lastMsn, lastPart: Math.max(0, edge.lastMsnParts - 1) };
  return meta.ladder
    .filter((_, index) => index !== rendition)
    .map((rung) => ({ uri: siblingPlaylistUri(rung.name), ...last }));
}

/** The multivariant playlist for one listener session, with the bit rates that the window has. */
export function multivariantPlaylistOf(window: BroadcastWindow, session: string): MultivariantPlaylist {
  const { meta, partTarget, targetDuration } = window;
  const variants = meta.ladder.map((rung, rendition): VariantStream => {
    const sizes = window.segments.map((segment) => sizeOf(segment, rendition));
    return {
      uri: mediaPlaylistUri(session, meta.broadcastId, rung.name),
      ...measureBandwidth(sizes, { kbps: rung.kbps, partTarget, targetDuration }),
      codecs: meta.codec,
    };
  });
  return { independentSegments: true, variants: moveToFront(variants, firstRendition(meta.ladder)) };
}

/** Players that do not measure first begin with the variant that is listed first: the best that most networks carry. */
function moveToFront<T>(variants: readonly T[], index: number): T[] {
  const first = variants[index];
  return first === undefined ? [] : [first, ...variants.filter((variant) => variant !== first)];
}

function sizeOf(segment: WindowSegment, rendition: number): SegmentSize {
  return {
    bytes: segment.whole(rendition)?.length ?? 0,
    durationSeconds: (segment.frames * SAMPLES_PER_FRAME) / SAMPLE_RATE,
    filler: segment.fillerFrames > 0,
  };
}
