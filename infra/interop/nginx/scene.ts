import {
  type ListedPlaylist,
  type ListedVariant,
  readMediaPlaylist,
  readMultivariant,
} from '../../e2e/media-playlist.ts';
import type { Stack, StackStation } from '../../e2e/stack.ts';
import type { InteropOptions } from '../check.ts';
import type { Findings } from './findings.ts';
import type { NginxProxy } from './nginx-proxy.ts';
import type { Wire } from './wire.ts';

/** What each look at the proxy works with. */
export type NginxScene = {
  stack: Stack;
  /** A station on air, pushed through the proxy. */
  station: StackStation;
  proxy: NginxProxy;
  /** A connection to the proxy. */
  wire: Wire;
  found: Findings;
  options: InteropOptions;
};

/** A listener that the proxy let in: its session and its variants, the lowest bit rate first. */
export type TunedIn = { session: string; variants: ListedVariant[] };

/** Fetches a station's multivariant playlist through the proxy; `query` like `?session=~…`. Rejects when it is off air. */
export async function tuneIn({ wire, proxy, station }: NginxScene, query = ''): Promise<TunedIn> {
  const path = `/live/${station.slug}/index.m3u8${query}`;
  const { status, body } = await wire.get(path);
  if (status !== 200) throw new Error(`${path} answered ${status} through nginx: ${body}`);
  const variants = readMultivariant(body.toString(), `${proxy.url}${path}`);
  const session = /\/(~[\w-]{22})\//.exec(variants[0]?.url ?? '')?.[1];
  if (session === undefined) throw new Error(`${path} gives no session:\n${body}`);
  return { session, variants: variants.toSorted((a, b) => a.bandwidth - b.bandwidth) };
}

/** Path and query of a URL. */
export function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}

/** The path of a media playlist, asking for what comes next after `edge`; without it, as it is now. */
export function playlistPath(variant: ListedVariant, edge?: ListedPlaylist): string {
  const path = pathOf(variant.url);
  if (edge === undefined) return path;
  const { msn, parts } = edge.growing;
  return `${path}?_HLS_msn=${msn}&_HLS_part=${parts.length}`;
}

/** Fetches a media playlist through the proxy. Rejects on any other status than 200. */
export async function playlistThrough(
  wire: Wire,
  variant: ListedVariant,
  edge?: ListedPlaylist,
): Promise<ListedPlaylist> {
  const path = playlistPath(variant, edge);
  const { status, body } = await wire.get(path);
  if (status !== 200) throw new Error(`${path} answered ${status} through nginx: ${body}`);
  return readMediaPlaylist(body.toString(), variant.url);
}

/** The path with another session in it. */
export function withSession(path: string, session: string): string {
  return path.replace(/\/~[\w-]{22}\//, `/${session}/`);
}
