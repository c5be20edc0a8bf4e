import type { MediaPart, MediaPlaylist, MediaSegment, OpenSegment } from '@awaz/transcoder/hls';
import type { Evidence } from './evidence.ts';
import { type MediaFacts, readFragments } from './media/fragment-facts.ts';
import { readInitSection, type TrackFacts } from './media/init-facts.ts';
import type { MediaFetch, Observations, Snapshot } from './observations.ts';

/** A playlist that could be parsed. */
export type Parsed = Snapshot & { playlist: MediaPlaylist };

/** Observations, sorted the ways in which rules look at them. */
export type OriginView = Observations & {
  /** All playlists that could be parsed, also delta updates. */
  parsed: readonly Parsed[];
  /** Those of them that are complete. */
  full: readonly Parsed[];
  /** Complete ones of each rendition that were loaded one after the other. */
  followed: readonly (readonly Parsed[])[];
  /** Pairs of such playlists: one, and the next of the same rendition. */
  steps: readonly (readonly [before: Parsed, after: Parsed])[];
  /** The last complete playlist of each rendition that has any. */
  latest: readonly Parsed[];
  /** Tracks of each rendition, from its first init section. */
  tracks: readonly (readonly TrackFacts[])[];
  /** Media that came in whole and holds fragments. */
  fragments: readonly FragmentFetch[];
  /** Media that should hold fragments and does not, and why. */
  brokenMedia: readonly { fetch: MediaFetch; message: string }[];
};

/** A part or segment and what it holds. */
export type FragmentFetch = { fetch: MediaFetch; facts: MediaFacts };

/** Sorts what was seen. */
export function viewOf(observed: Observations): OriginView {
  const parsed = observed.snapshots.filter((snapshot): snapshot is Parsed => snapshot.playlist !== undefined);
  const full = parsed.filter(({ playlist }) => playlist.skip === undefined);
  const followed = observed.renditions.map((_, rendition) =>
    full.filter((snapshot) => snapshot.rendition === rendition && isInTurn(snapshot)),
  );
  const tracks = observed.renditions.map((_, rendition) => tracksOf(observed.media, rendition));
  return {
    ...observed,
    parsed,
    full,
    followed,
    steps: followed.flatMap((list) => list.slice(1).map((after, index) => [list[index] as Parsed, after] as const)),
    latest: followed.flatMap((list) => list.at(-1) ?? []),
    tracks,
    ...readMedia(observed.media, tracks),
  };
}

function isInTurn({ errand }: Snapshot): boolean {
  return errand === 'first' || errand === 'follow' || errand === 'after end';
}

function tracksOf(media: readonly MediaFetch[], rendition: number): readonly TrackFacts[] {
  const init = media.find((fetch) => fetch.kind === 'init' && fetch.rendition === rendition && isWhole(fetch));
  if (init === undefined) return [];
  try {
    return readInitSection(init.exchange.body);
  } catch {
    // Rule 29b tells of it: nothing of this rendition can be read.
    return [];
  }
}

function readMedia(media: readonly MediaFetch[], tracks: readonly (readonly TrackFacts[])[]) {
  const fragments: FragmentFetch[] = [];
  const brokenMedia: { fetch: MediaFetch; message: string }[] = [];
  for (const fetch of media) {
    const known = tracks[fetch.rendition] ?? [];
    if (fetch.kind === 'init' || !isWhole(fetch) || known.length === 0) continue;
    try {
      fragments.push({ fetch, facts: readFragments(fetch.exchange.body, known) });
    } catch (error) {
      brokenMedia.push({ fetch, message: (error as Error).message });
    }
  }
  return { fragments, brokenMedia };
}

/** Whether media came in without a failure. */
export function isWhole({ exchange }: MediaFetch): boolean {
  return (exchange.status === 200 || exchange.status === 206) && exchange.failure === undefined;
}

/** A listed segment and its number; the one of which only parts exist comes last, without `segment`. */
export type Listed = { msn: number; parent: OpenSegment; segment: MediaSegment | undefined };

/** The segments that a playlist lists, with their media sequence numbers. */
export function listedOf(playlist: MediaPlaylist): Listed[] {
  const first = playlist.mediaSequence + (playlist.skip?.skippedSegments ?? 0);
  const listed = playlist.segments.map((segment, place): Listed => ({ msn: first + place, parent: segment, segment }));
  const { openSegment } = playlist;
  return openSegment === undefined
    ? listed
    : [...listed, { msn: first + listed.length, parent: openSegment, segment: undefined }];
}

/** A listed part, its number and its place. */
export type ListedPart = { part: MediaPart; msn: number; index: number; isLast: boolean; parts: readonly MediaPart[] };

/** The parts that a playlist lists. `isLast`: nothing will come after it in its segment. */
export function partsOf(playlist: MediaPlaylist): ListedPart[] {
  return listedOf(playlist).flatMap(({ msn, parent, segment }) =>
    parent.parts.map((part, index) => ({
      part,
      msn,
      index,
      isLast: segment !== undefined && index === parent.parts.length - 1,
      parts: parent.parts,
    })),
  );
}

/** Evidence from a playlist; the line is that of the first line that holds `needle`. */
export function inPlaylist(snapshot: Snapshot, detail: string, needle?: string): Evidence {
  const { exchange, text } = snapshot;
  const row = needle === undefined ? -1 : text.split('\n').findIndex((line) => line.includes(needle));
  return {
    detail,
    url: exchange.request.url,
    at: exchange.endedAt,
    ...(row < 0 ? {} : { line: row + 1 }),
  };
}

/** Evidence from an answer. */
export function inAnswer({ request, endedAt }: Snapshot['exchange'], detail: string): Evidence {
  const method = request.method === 'GET' ? '' : `${request.method}: `;
  return { detail: `${method}${detail}`, url: request.url, at: endedAt };
}

/** A duration for people, in seconds. */
export function secondsText(seconds: number): string {
  return `${Number(seconds.toFixed(3))} s`;
}
