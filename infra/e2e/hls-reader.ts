import { OPENING_SEGMENTS } from '../contract/index.ts';
import { until } from '../testkit/index.ts';
import {
  type ListedPart,
  type ListedPlaylist,
  type ListedSegment,
  type ListedVariant,
  readMediaPlaylist,
  readMultivariant,
} from './media-playlist.ts';

/** One rendition as a player fetched it, from the first segment listed to the end of the broadcast. */
export type FetchedRendition = {
  variant: ListedVariant;
  init: Buffer;
  /** In order; `parts` are those that were fetched one by one while the segment grew. */
  segments: FetchedSegment[];
  /** The last playlist, with ENDLIST. */
  last: ListedPlaylist;
};

/** A segment and the parts it was made of. */
export type FetchedSegment = {
  listed: ListedSegment;
  bytes: Buffer;
  parts: { listed: ListedPart; bytes: Buffer }[];
  /** Whether all of its parts were listed before it was complete. */
  whole: boolean;
};

/** Longest a station may take from its first byte to its multivariant playlist, in ms. */
const ON_AIR_MS = 15_000;

/** Bytes at a URL. Rejects on any other status than 200. */
export async function fetchBytes(url: string, signal?: AbortSignal): Promise<Buffer> {
  const answer = await fetch(url, { signal: signal ?? null });
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${bytes.toString().slice(0, 300)}`);
  return bytes;
}

/** The variants of a station, as soon as it is on air. */
export function variantsOf(server: string, station: string, timeoutMs: number = ON_AIR_MS): Promise<ListedVariant[]> {
  const url = `${server}/live/${station}/index.m3u8`;
  return until(
    async () => {
      const variants = readMultivariant((await fetchBytes(url)).toString(), url);
      return variants.length > 0 && variants;
    },
    { timeoutMs, what: `${url} lists variants` },
  );
}

/** A media playlist as it is now, or with directives as soon as it has what they ask for. */
export async function fetchPlaylist(
  variant: ListedVariant,
  after?: { msn: number; part?: number },
  signal?: AbortSignal,
): Promise<ListedPlaylist> {
  const url = new URL(variant.url);
  if (after !== undefined) url.searchParams.set('_HLS_msn', String(after.msn));
  if (after?.part !== undefined) url.searchParams.set('_HLS_part', String(after.part));
  return readMediaPlaylist((await fetchBytes(url.href, signal)).toString(), variant.url);
}

/** The playlist as soon as it has a part after the opening. Rejects when the broadcast is further than that. */
export async function firstOwnPart(variant: ListedVariant): Promise<ListedPlaylist> {
  let playlist = await fetchPlaylist(variant);
  while (playlist.segments.length < OPENING_SEGMENTS) {
    const { msn, parts } = playlist.growing;
    playlist = await fetchPlaylist(variant, { msn, part: parts.length });
  }
  const wanted = { msn: OPENING_SEGMENTS, part: 0 };
  if (playlist.growing.parts.length === 0) playlist = await fetchPlaylist(variant, wanted);
  if (playlist.growing.msn !== OPENING_SEGMENTS) throw new Error(`Not at its beginning any more:\n${playlist.text}`);
  return playlist;
}

/** Follows one rendition to its end: blocking playlist, then the new part, as low-latency players do. */
export async function followRendition(variant: ListedVariant, signal?: AbortSignal): Promise<FetchedRendition> {
  const parts = new Map<string, Buffer>();
  const segments = new Map<number, FetchedSegment>();
  let playlist = await fetchPlaylist(variant, undefined, signal);
  const firstMsn = playlist.growing.msn;
  const init = await fetchBytes(playlist.initUrl, signal);
  for (;;) {
    for (const listed of [...playlist.segments.flatMap((segment) => segment.parts), ...playlist.growing.parts]) {
      if (!parts.has(listed.url)) parts.set(listed.url, await fetchBytes(listed.url, signal));
    }
    for (const listed of playlist.segments) {
      if (segments.has(listed.msn)) continue;
      const own = listed.parts.map((part) => ({ listed: part, bytes: parts.get(part.url) ?? Buffer.alloc(0) }));
      const bytes = await fetchBytes(listed.url, signal);
      segments.set(listed.msn, { listed, bytes, parts: own, whole: listed.msn >= firstMsn });
    }
    if (playlist.ended) break;
    const { msn, parts: grown } = playlist.growing;
    playlist = await fetchPlaylist(variant, { msn, part: grown.length }, signal);
  }
  return {
    variant,
    init,
    segments: [...segments.values()].sort((a, b) => a.listed.msn - b.listed.msn),
    last: playlist,
  };
}
