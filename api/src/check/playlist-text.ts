import { gunzipSync } from 'node:zlib';
import {
  type DeliveryDirectives,
  type MediaPlaylist,
  type PlaylistLine,
  PlaylistSyntaxError,
  parseMediaPlaylist,
  readPlaylistLines,
} from '@awaz/transcoder/hls';
import type { Exchange, Snapshot } from './observations.ts';

/** Largest playlist that is unpacked, in bytes. */
const MAX_PLAYLIST_BYTES = 8_000_000;

/** The text of a playlist as it was sent; undefined when its compression cannot be read. */
export function textOf(exchange: Exchange): string | undefined {
  const bytes = unpacked(exchange);
  return bytes === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** The body without gzip; undefined when its compression cannot be read. */
export function unpacked({ body, headers }: Exchange): Uint8Array | undefined {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity' || encoding === '') return body;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') return undefined;
  try {
    return gunzipSync(body, { maxOutputLength: MAX_PLAYLIST_BYTES });
  } catch {
    return undefined;
  }
}

/** What is known of a playlist before it is read. */
export type SnapshotFacts = Pick<Snapshot, 'rendition' | 'errand' | 'directives' | 'exchange'>;

/** Reads an answer with status 200 as a media playlist. */
export function readSnapshot(facts: SnapshotFacts): Snapshot {
  const text = textOf(facts.exchange);
  if (text === undefined) {
    const message = `Content-Encoding ${facts.exchange.headers['content-encoding']} cannot be read`;
    return { ...facts, text: '', lines: [], playlist: undefined, fault: { line: 0, message } };
  }
  const lines = attempt(() => readPlaylistLines(text));
  const playlist = attempt(() => parseMediaPlaylist(text));
  return {
    ...facts,
    text,
    lines: lines.value ?? [],
    playlist: playlist.value,
    fault: lines.fault ?? playlist.fault,
  };
}

/** Either what a parser made, or where and why it could not. */
type Attempt<T> = { value?: T; fault?: { line: number; message: string } };

function attempt<T>(parse: () => T): Attempt<T> {
  try {
    return { value: parse() };
  } catch (error) {
    if (error instanceof PlaylistSyntaxError) return { fault: { line: error.line, message: error.message } };
    throw error;
  }
}

/** Lines of any playlist; empty when the text is none, then `fault` says why. */
export function linesOf(text: string): { lines: readonly PlaylistLine[]; fault: string | undefined } {
  const { value, fault } = attempt(() => readPlaylistLines(text));
  return { lines: value ?? [], fault: fault?.message };
}

/** How far a playlist has got. */
export type Edge = {
  /** Media sequence number of the last complete segment. */
  lastMsn: number;
  /** Parts listed of the segment after it. */
  openParts: number;
  ended: boolean;
};

/** The live edge of a playlist. */
export function edgeOf(playlist: MediaPlaylist): Edge {
  const listed = (playlist.skip?.skippedSegments ?? 0) + playlist.segments.length;
  return {
    lastMsn: playlist.mediaSequence + listed - 1,
    openParts: playlist.openSegment?.parts.length ?? 0,
    ended: playlist.ended,
  };
}

/** Negative when `a` is behind `b`, 0 when they are the same place. */
export function compareEdges(a: Pick<Edge, 'lastMsn' | 'openParts'>, b: Pick<Edge, 'lastMsn' | 'openParts'>): number {
  return a.lastMsn - b.lastMsn || a.openParts - b.openParts;
}

/** The directives that ask for what comes next. */
export function nextDirectives(playlist: MediaPlaylist): DeliveryDirectives {
  const edge = edgeOf(playlist);
  const msn = edge.lastMsn + 1;
  return playlist.partTarget === undefined ? { msn } : { msn, part: edge.openParts };
}

/** A playlist URL with directives in the order that RFC 8216bis 6.2.5 recommends: by name. */
export function withDirectives(url: string, { msn, part, skip }: DeliveryDirectives): string {
  const query = [
    ...(msn === undefined ? [] : [`_HLS_msn=${msn}`]),
    ...(part === undefined ? [] : [`_HLS_part=${part}`]),
    ...(skip === undefined ? [] : [`_HLS_skip=${skip}`]),
  ].join('&');
  return withQuery(url, query);
}

/** A URL with further query. */
export function withQuery(url: string, query: string): string {
  if (query === '') return url;
  return `${url}${url.includes('?') ? '&' : '?'}${query}`;
}
