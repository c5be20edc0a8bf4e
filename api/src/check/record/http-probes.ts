import type { ProbeName } from '../observations.ts';
import { edgeOf } from '../playlist-text.ts';
import { PLAYLIST_HEADERS, type Session } from './session.ts';

/** A request that shows how the origin speaks HTTP. */
type HttpQuestion = {
  name: ProbeName;
  url: string;
  method?: 'HEAD' | 'OPTIONS';
  headers?: Readonly<Record<string, string>>;
};

/** How often a short request is repeated, so that a round-trip time can be told. */
const ROUND_TRIPS = 5;

/** What a page asks before it sends a `Range` to another origin. */
const PREFLIGHT_HEADERS = {
  origin: 'https://player.example',
  'access-control-request-method': 'GET',
  'access-control-request-headers': 'range',
} as const;

/** Asks for playlists and media in all the ways that players and caches do. */
export async function probeHttp(session: Session, multivariantUrl: string): Promise<void> {
  const questions: HttpQuestion[] = [
    { name: 'multivariant head', url: multivariantUrl, method: 'HEAD' },
    ...playlistQuestions(session),
    ...mediaQuestions(session),
  ];
  for (const question of questions) {
    if (session.client.isExhausted || session.signal.aborted) return;
    await ask(session, question);
  }
}

function playlistQuestions(session: Session): HttpQuestion[] {
  const url = session.renditions[0]?.url ?? '';
  const heads = Array.from({ length: ROUND_TRIPS }, (): HttpQuestion => {
    return { name: 'playlist head', url, method: 'HEAD', headers: PLAYLIST_HEADERS };
  });
  return [
    { name: 'plain playlist', url, headers: PLAYLIST_HEADERS },
    { name: 'plain playlist uncompressed', url, headers: { 'accept-encoding': 'identity' } },
    { name: 'playlist options', url, method: 'OPTIONS', headers: PREFLIGHT_HEADERS },
    ...heads,
  ];
}

function mediaQuestions(session: Session): HttpQuestion[] {
  const latest = session.latest(0);
  const playlist = latest?.playlist;
  if (playlist === undefined) return [];
  const absolute = (uri: string) => new URL(uri, latest?.exchange.request.url).href;
  const questions: HttpQuestion[] = [];
  if (playlist.map !== undefined)
    questions.push({ name: 'init head', url: absolute(playlist.map.uri), method: 'HEAD' });
  const piece = playlist.segments.at(-1)?.parts.at(-1) ?? playlist.segments.at(-1);
  if (piece !== undefined && piece.byteRange === undefined) {
    const url = absolute(piece.uri);
    questions.push(
      { name: 'part whole', url },
      { name: 'part range', url, headers: { range: 'bytes=4-11' } },
      { name: 'part range beyond', url, headers: { range: 'bytes=999999999-' } },
      { name: 'part with gzip', url, headers: { 'accept-encoding': 'gzip' } },
    );
    // Looks like the other names, so that no pattern refuses it before it is looked for.
    questions.push({ name: 'unknown media', url: absolute(unlikelyName(piece.uri, edgeOf(playlist).lastMsn)) });
  }
  return questions;
}

/** A name of the same kind, for media that is far from being published. */
function unlikelyName(uri: string, lastMsn: number): string {
  const [path = '', query] = uri.split('?');
  const slash = path.lastIndexOf('/') + 1;
  const name = path.slice(slash);
  const dot = name.lastIndexOf('.');
  const extension = dot < 0 ? '' : name.slice(dot);
  return `${path.slice(0, slash)}${lastMsn + 987_654}${extension}${query === undefined ? '' : `?${query}`}`;
}

async function ask(session: Session, { name, ...errand }: HttpQuestion): Promise<void> {
  const playlist = session.latest(0)?.playlist;
  const edge = playlist === undefined ? { lastMsn: -1, openParts: 0 } : edgeOf(playlist);
  const exchange = await session.client.send(errand);
  const known = { lastMsn: edge.lastMsn, openParts: edge.openParts };
  session.probes.push({ name, rendition: 0, known, directives: {}, exchange });
}
