/** What a path below `/live/` names. */
export type OriginPath =
  | ({ kind: 'multivariant' } & StationPlace)
  | ({ kind: 'stream'; format: 'aac' | 'mp3' } & StationPlace)
  | ({ kind: 'playlist'; query: string } & RenditionPath)
  | ({ kind: 'init' } & RenditionPath)
  | ({ kind: 'segment'; msn: number } & RenditionPath)
  | ({ kind: 'part'; msn: number; index: number } & RenditionPath);

/** A station, as a path names it that leaves it to the origin to know the broadcast. */
export type StationPlace = {
  station: string;
  query: string;
  /** Session that was opened for the request already; otherwise the query may name one. */
  session?: string;
};

/** Path of a station's own; see {@link isOfStation}. */
export type StationPath = Extract<OriginPath, { kind: 'multivariant' | 'stream' }>;

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
const RENDITION = new RegExp(`^/live/${STATION}/(?:(~[A-Za-z0-9_-]{22})/)?([a-z0-9]{10,32})/([a-z0-9]{1,16})$`);
const FILE = /^(?:(playlist\.m3u8)|(init\.mp4)|(\d{1,15})(?:\.(\d{1,6}))?\.m4s)$/;

/** Most folders that are remembered: a listener asks in the same one again and again. Beyond it all are forgotten. */
const MAX_FOLDERS = 16_384;

const folders = new Map<string, RenditionPath>();

/** Reads a request target (path and query) below `/live/`; undefined when it names nothing that could exist. */
export function parseOriginPath(target: string): OriginPath | undefined {
  const mark = target.indexOf('?');
  const query = mark < 0 ? '' : target.slice(mark + 1);
  const path = decodePath(mark < 0 ? target : target.slice(0, mark));
  const slash = path.lastIndexOf('/');
  const place = readFolder(path.slice(0, slash));
  return place === undefined ? readStationPath(path, query) : readFile(path.slice(slash + 1), place, query);
}

function readStationPath(path: string, query: string): OriginPath | undefined {
  const [, station, format] = OF_STATION.exec(path) ?? [];
  if (station === undefined) return undefined;
  if (format === undefined) return { kind: 'multivariant', station, query };
  return { kind: 'stream', station, format: format === 'mp3' ? 'mp3' : 'aac', query };
}

function readFile(file: string, place: RenditionPath, query: string): OriginPath | undefined {
  const match = FILE.exec(file);
  if (match === null) return undefined;
  const [, playlist, init, msn, index] = match;
  if (playlist !== undefined) return { kind: 'playlist', ...place, query };
  if (init !== undefined) return { kind: 'init', ...place };
  if (index === undefined) return { kind: 'segment', ...place, msn: Number(msn) };
  return { kind: 'part', ...place, msn: Number(msn), index: Number(index) };
}

function readFolder(folder: string): RenditionPath | undefined {
  const known = folders.get(folder);
  if (known !== undefined) return known;
  if (!RENDITION.test(folder)) return undefined;
  // A copy of its own: a slice would keep all of the request that it came with.
  const own = Buffer.from(folder, 'latin1').toString('latin1');
  const match = RENDITION.exec(own) ?? [];
  const [, station = '', session, broadcastId = '', rendition = ''] = match;
  const place: RenditionPath = { station, broadcastId, rendition, session };
  if (folders.size >= MAX_FOLDERS) folders.clear();
  folders.set(own, place);
  return place;
}

/** Whether a path names a station and leaves it to the origin to know its broadcast. */
export function isOfStation(path: OriginPath): path is StationPath {
  return path.kind === 'multivariant' || path.kind === 'stream';
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
