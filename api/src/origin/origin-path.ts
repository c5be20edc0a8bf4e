/** What a path below `/live/` names. */
export type OriginPath =
  | { kind: 'multivariant'; station: string; query: string }
  | { kind: 'stream'; station: string; format: 'aac' | 'mp3'; query: string }
  | ({ kind: 'playlist'; query: string } & RenditionPath)
  | ({ kind: 'init' } & RenditionPath)
  | ({ kind: 'segment'; msn: number } & RenditionPath)
  | ({ kind: 'part'; msn: number; index: number } & RenditionPath);

/** A rendition of one broadcast, as a path names it. */
export type RenditionPath = {
  station: string;
  broadcastId: string;
  rendition: string;
  /** The listener's session; counts listeners, says nothing about content. Absent when a cache took it out. */
  session: string | undefined;
};

/** Where the origin's paths begin. */
export const LIVE_PREFIX = '/live/';

const STATION = '([a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?)';
const OF_STATION = new RegExp(`^/live/${STATION}/(?:index\\.m3u8|stream\\.(aac|mp3))$`);
const RENDITION = new RegExp(
  `^/live/${STATION}/(?:(~[A-Za-z0-9_-]{22})/)?([a-z0-9]{10,32})/([a-z0-9]{1,16})/` +
    '(?:(playlist\\.m3u8)|(init\\.mp4)|(\\d{1,15})(?:\\.(\\d{1,6}))?\\.m4s)$',
);

/** Reads a request target (path and query) below `/live/`; undefined when it names nothing that could exist. */
export function parseOriginPath(target: string): OriginPath | undefined {
  const mark = target.indexOf('?');
  const query = mark < 0 ? '' : target.slice(mark + 1);
  const path = decodePath(mark < 0 ? target : target.slice(0, mark));
  const match = RENDITION.exec(path);
  if (match === null) {
    const [, station, format] = OF_STATION.exec(path) ?? [];
    if (station === undefined) return undefined;
    if (format === undefined) return { kind: 'multivariant', station, query };
    return { kind: 'stream', station, format: format === 'mp3' ? 'mp3' : 'aac', query };
  }
  const [, station = '', session, broadcastId = '', rendition = '', playlist, init, msn, index] = match;
  const place: RenditionPath = { station, broadcastId, rendition, session };
  if (playlist !== undefined) return { kind: 'playlist', ...place, query };
  if (init !== undefined) return { kind: 'init', ...place };
  if (index === undefined) return { kind: 'segment', ...place, msn: Number(msn) };
  return { kind: 'part', ...place, msn: Number(msn), index: Number(index) };
}

/** Some clients write `~` as `%7E`. */
function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
