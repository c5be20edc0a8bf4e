import { AwazError, OPENING_SEGMENTS } from '@awaz/infra/contract';
import {
  type DeliveryDirectives,
  type DirectivesResult,
  judgeReload,
  type PlaylistEdge,
  parseDeliveryDirectives,
} from '@awaz/transcoder/hls';
import { problemAnswer } from './answer-headers.ts';
import { answerWith, type Judged, type Reply, takesGzip } from './reply.ts';

const NO_RENDITION = problemAnswer(new AwazError('not_found', 'The broadcast has no such rendition.'), 'missing');
const NOTHING_LISTED = problemAnswer(new AwazError('not_found', 'The broadcast ended before it began.'), 'passing');

/** Most queries that are remembered: listeners at the live edge ask the same. Beyond it all are forgotten. */
const MAX_QUERIES = 64;

/** Longest query that is remembered, in characters. */
const MAX_KEPT_QUERY = 200;

const queries = new Map<string, DirectivesResult>();

function directivesOf(query: string): DirectivesResult {
  const known = queries.get(query);
  if (known !== undefined) return known;
  const parsed = parseDeliveryDirectives(query);
  if (queries.size >= MAX_QUERIES) queries.clear();
  // A copy of its own: a slice would keep all of the request that it came with.
  if (query.length <= MAX_KEPT_QUERY) queries.set(Buffer.from(query, 'latin1').toString('latin1'), parsed);
  return parsed;
}

/** Judges a request for a media playlist. */
export function playlistReply({ exchange, path, tail }: Judged<'playlist'>): Reply {
  const { window, playlists } = tail;
  if (window === undefined || playlists === undefined) return { kind: 'hold', until: { msn: 0 } };
  const rendition = window.renditionIndex(path.rendition);
  if (rendition === undefined) return answerWith(NO_RENDITION);
  const { edge } = window;
  if (window.segments.length === 0) {
    // Players refuse a playlist of parts alone.
    return edge.ended ? answerWith(NOTHING_LISTED) : { kind: 'hold', until: { msn: edge.lastMsn + 1 } };
  }
  const parsed = directivesOf(path.query);
  if (!parsed.ok && !edge.ended) return refuse(parsed.reason);
  const directives = parsed.ok ? parsed.directives : {};
  // A playlist without parts gets no further by a part: such a request waits for the whole segment.
  const wanted = window.lowLatency ? directives : { msn: directives.msn };
  const verdict = judgeReload(wanted, edge);
  if (verdict.kind === 'refuse') return catchingUp(directives, edge) ?? refuse(verdict.reason);
  if (verdict.kind === 'hold') return verdict;
  const blocking = directives.msn !== undefined;
  return answerWith(playlists.media({ rendition, skip: directives.skip, gzip: takesGzip(exchange.fields), blocking }));
}

/**
 * The opening of a broadcast is published at once, so a node that lists only some of it has not read the rest yet; a
 * player that comes from another node rightly asks for what follows the whole.
 */
function catchingUp({ msn, part }: DeliveryDirectives, edge: Readonly<PlaylistEdge>): Reply | undefined {
  const opened = edge.lastMsn + 1 >= OPENING_SEGMENTS;
  if (opened || msn === undefined || msn > OPENING_SEGMENTS + 1) return undefined;
  return { kind: 'hold', until: part === undefined ? { msn } : { msn, part } };
}

function refuse(reason: string): Reply {
  return answerWith(problemAnswer(new AwazError('bad_request', `${reason}.`), 'passing'));
}
