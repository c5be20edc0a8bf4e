import { type Attributes, numberAttribute, parseAttributes, parseDecimal, requireAttribute } from './attribute-list.ts';
import { type DateRange, parseDateRange, parseDateTime } from './date-range.ts';
import { type MediaPart, parsePart } from './media-part.ts';
import type { MediaPlaylist } from './media-playlist.ts';
import type { InitSection, MediaSegment, OpenSegment } from './media-segment.ts';
import { PlaylistSyntaxError, readPlaylistLines } from './playlist-lines.ts';
import { parsePreloadHint } from './preload-hint.ts';
import { parseRenditionReport, type RenditionReport } from './rendition-report.ts';
import { parseServerControl } from './server-control.ts';
import { parseSkip } from './skip.ts';

/** What is collected until the URI of a segment, or the end of the playlist, closes it. */
type PendingSegment = Partial<Omit<MediaSegment, 'parts' | 'uri'>> & { parts: MediaPart[] };

/** State of one parse. */
type Draft = {
  header: Omit<MediaPlaylist, 'segments' | 'openSegment' | 'dateRanges' | 'renditionReports'>;
  segments: MediaSegment[];
  pending: PendingSegment;
  dateRanges: DateRange[];
  renditionReports: RenditionReport[];
};

type TagReader = (draft: Draft, value: string, line: number) => void;

/** Readers whose tag carries an attribute list. */
const withAttributes =
  (read: (draft: Draft, attributes: Attributes, line: number) => void): TagReader =>
  (draft, value, line) =>
    read(draft, parseAttributes(value, line), line);

const HEADER_TAGS: Record<string, TagReader> = {
  '#EXT-X-TARGETDURATION': (draft, value, line) => {
    draft.header.targetDuration = parseDecimal(value, line);
  },
  '#EXT-X-MEDIA-SEQUENCE': (draft, value, line) => {
    draft.header.mediaSequence = parseDecimal(value, line);
  },
  '#EXT-X-DISCONTINUITY-SEQUENCE': (draft, value, line) => {
    draft.header.discontinuitySequence = parseDecimal(value, line);
  },
  '#EXT-X-INDEPENDENT-SEGMENTS': (draft) => {
    draft.header.independentSegments = true;
  },
  '#EXT-X-ENDLIST': (draft) => {
    draft.header.ended = true;
  },
  '#EXT-X-SERVER-CONTROL': withAttributes((draft, attributes, line) => {
    draft.header.serverControl = parseServerControl(attributes, line);
  }),
  '#EXT-X-PART-INF': withAttributes((draft, attributes, line) => {
    requireAttribute(attributes, 'PART-TARGET', line);
    draft.header.partTarget = numberAttribute(attributes, 'PART-TARGET', line);
  }),
  '#EXT-X-SKIP': withAttributes((draft, attributes, line) => {
    if (draft.header.skip !== undefined) throw new PlaylistSyntaxError(line, 'EXT-X-SKIP appears twice');
    draft.header.skip = parseSkip(attributes, line);
  }),
  '#EXT-X-PRELOAD-HINT': withAttributes((draft, attributes, line) => {
    draft.header.preloadHint = parsePreloadHint(attributes, line);
  }),
};

const SEGMENT_TAGS: Record<string, TagReader> = {
  '#EXT-X-MAP': withAttributes((draft, attributes, line) => {
    const byteRange = attributes.get('BYTERANGE');
    const map: InitSection = {
      uri: requireAttribute(attributes, 'URI', line),
      ...(byteRange === undefined ? {} : { byteRange }),
    };
    const isFirst = draft.segments.length === 0 && draft.pending.parts.length === 0 && draft.header.skip === undefined;
    if (isFirst) draft.header.map = map;
    else draft.pending.map = map;
  }),
  '#EXT-X-PROGRAM-DATE-TIME': (draft, value, line) => {
    draft.pending.programDateTime = parseDateTime(value, line);
  },
  '#EXT-X-DISCONTINUITY': (draft) => {
    draft.pending.discontinuity = true;
  },
  '#EXT-X-GAP': (draft) => {
    draft.pending.gap = true;
  },
  '#EXT-X-BYTERANGE': (draft, value) => {
    draft.pending.byteRange = value;
  },
  '#EXTINF': (draft, value, line) => {
    draft.pending.durationSeconds = parseDecimal(value.split(',', 1)[0] ?? '', line);
  },
  '#EXT-X-PART': withAttributes((draft, attributes, line) => {
    draft.pending.parts.push(parsePart(attributes, line));
  }),
};

const LIST_TAGS: Record<string, TagReader> = {
  '#EXT-X-DATERANGE': withAttributes((draft, attributes, line) => {
    draft.dateRanges.push(parseDateRange(attributes, line));
  }),
  '#EXT-X-RENDITION-REPORT': withAttributes((draft, attributes, line) => {
    draft.renditionReports.push(parseRenditionReport(attributes, line));
  }),
};

const TAGS = new Map(Object.entries({ ...HEADER_TAGS, ...SEGMENT_TAGS, ...LIST_TAGS }));

/**
 * Parses a media playlist, full or delta update; tags that it does not know are passed over. Throws a
 * {@link PlaylistSyntaxError}, also for a multivariant playlist.
 */
export function parseMediaPlaylist(text: string): MediaPlaylist {
  const draft: Draft = {
    header: { targetDuration: 0, independentSegments: false, mediaSequence: 0, ended: false },
    segments: [],
    pending: { parts: [] },
    dateRanges: [],
    renditionReports: [],
  };
  for (const line of readPlaylistLines(text)) {
    if (line.kind === 'uri') closeSegment(draft, line.uri, line.line);
    else if (line.name === '#EXT-X-STREAM-INF')
      throw new PlaylistSyntaxError(line.line, 'this is a multivariant playlist');
    else TAGS.get(line.name)?.(draft, line.value, line.line);
  }
  if (draft.header.targetDuration === 0) throw new PlaylistSyntaxError(1, 'EXT-X-TARGETDURATION is missing');
  const { header, segments, pending, dateRanges, renditionReports } = draft;
  return {
    ...header,
    segments,
    ...(Object.keys(pending).length > 1 || pending.parts.length > 0 ? { openSegment: pending as OpenSegment } : {}),
    dateRanges,
    renditionReports,
  };
}

function closeSegment(draft: Draft, uri: string, line: number): void {
  const { durationSeconds, ...rest } = draft.pending;
  if (durationSeconds === undefined) throw new PlaylistSyntaxError(line, `no EXTINF stands before ${uri.slice(0, 80)}`);
  draft.segments.push({ ...rest, uri, durationSeconds });
  draft.pending = { parts: [] };
}
