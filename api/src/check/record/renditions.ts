import {
  type PlaylistLine,
  PlaylistSyntaxError,
  parseAttributes,
  parseMultivariantPlaylist,
} from '@awaz/transcoder/hls';
import type { Exchange, Observations, Rendition } from '../observations.ts';
import { linesOf } from '../playlist-text.ts';

/** Most renditions that are followed. */
export const MAX_RENDITIONS = 12;

/** What the first URL leads to. */
export type Entry = Pick<Observations, 'multivariant' | 'renditions'> & { omitted: number };

/** Reads the first playlist: a multivariant one names renditions, a media playlist is the only one. */
export function readEntry(first: Exchange, text: string): Entry {
  const { lines, fault } = linesOf(text);
  const url = first.request.url;
  const isMedia = lines.some((line) => line.kind === 'tag' && line.name === '#EXT-X-TARGETDURATION');
  if (isMedia) return { multivariant: undefined, renditions: [{ url, name: 'media', variant: undefined }], omitted: 0 };
  const found = new Map<string, Rendition['variant']>();
  const broken = collectRenditions(found, { text, lines, url });
  const names = shortNames([...found.keys()]);
  const all = [...found].map(([target, variant], index) => ({ url: target, variant, name: names[index] ?? target }));
  return {
    multivariant: { text, lines, fault: fault ?? broken },
    renditions: all.slice(0, MAX_RENDITIONS),
    omitted: Math.max(0, all.length - MAX_RENDITIONS),
  };
}

/** Adds all media playlists by their URLs; returns what is wrong with the playlist. */
function collectRenditions(
  found: Map<string, Rendition['variant']>,
  { text, lines, url }: { text: string; lines: readonly PlaylistLine[]; url: string },
): string | undefined {
  const add = (uri: string | undefined, variant: Rendition['variant']) => {
    if (uri === undefined || !URL.canParse(uri, url)) return;
    const target = new URL(uri, url).href;
    if (!found.has(target)) found.set(target, variant);
  };
  try {
    for (const variant of parseMultivariantPlaylist(text).variants) add(variant.uri, variant);
    for (const line of lines) {
      if (line.kind !== 'tag' || line.name !== '#EXT-X-MEDIA') continue;
      add(parseAttributes(line.value, line.line).get('URI'), undefined);
    }
    return undefined;
  } catch (error) {
    if (error instanceof PlaylistSyntaxError) return error.message;
    throw error;
  }
}

/** The part of each path that the others do not have. */
function shortNames(urls: readonly string[]): string[] {
  const paths = urls.map((url) => new URL(url).pathname.split('/'));
  const first = paths[0] ?? [];
  const differing = first.findIndex((piece, index) => paths.some((path) => path[index] !== piece));
  return paths.map((path) => decode(differing < 0 ? (path.at(-1) ?? '') : (path[differing] ?? '')));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
