import { BROADCAST_ID_PATTERN, multivariantPath, SESSION_PATTERN } from '@awaz/infra/contract';

/** Who listens to what, read from a media playlist's URI: `{session}/{broadcastId}/{rendition}/playlist.m3u8`. */
export type MediaAddress = { session: string; broadcastId: string };

/** Reads the address from a media playlist's URL or URI; undefined when it has another form. */
export function addressOf(uri: string): MediaAddress | undefined {
  const segments = uri.split('/');
  const at = segments.findIndex((segment) => SESSION_PATTERN.test(segment));
  const session = segments[at];
  const broadcastId = segments[at + 1];
  if (session === undefined || broadcastId === undefined || !BROADCAST_ID_PATTERN.test(broadcastId)) return undefined;
  return { session, broadcastId };
}

/** The first media playlist that a multivariant playlist names, as it is written there. */
export function firstVariantUri(playlist: string): string | undefined {
  return playlist.split(/\r?\n/).find((line) => line !== '' && !line.startsWith('#'));
}

/**
 * URL of a station's multivariant playlist; a known session goes on with it, so that one page counts once. A listen token
 * or an access token opens the session of a private station.
 */
export function stationUrl(station: string, session: string | undefined, token?: string): string {
  const query = [session && `session=${session}`, token && `token=${encodeURIComponent(token)}`].filter(Boolean);
  return [multivariantPath(station), query.join('&')].filter(Boolean).join('?');
}
