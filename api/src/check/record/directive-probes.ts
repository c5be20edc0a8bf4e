import { advancePartLimit, type DeliveryDirectives, type MediaPlaylist } from '@awaz/transcoder/hls';
import type { ProbeName } from '../observations.ts';
import { edgeOf, readSnapshot, withDirectives, withQuery } from '../playlist-text.ts';
import { PLAYLIST_HEADERS, type Session } from './session.ts';

/** A question to the origin: either directives, or a query that no client should send. */
type Question = { name: ProbeName; directives?: DeliveryDirectives; query?: string };

/** Asks the origin about delivery directives (RFC 8216bis 6.2.5), one question after the other. */
export async function probeDirectives(session: Session, rendition: number): Promise<void> {
  for (const make of QUESTIONS) {
    const playlist = session.latest(rendition)?.playlist;
    if (playlist === undefined || playlist.ended || !session.isOn || session.client.isExhausted) return;
    for (const question of make(playlist)) await ask(session, rendition, question);
  }
}

const QUESTIONS: readonly ((playlist: MediaPlaylist) => readonly Question[])[] = [
  (playlist) => [{ name: 'stale msn', directives: { msn: Math.max(0, playlist.mediaSequence - 5) } }],
  (playlist) => [{ name: 'reached msn', directives: { msn: edgeOf(playlist).lastMsn } }],
  (playlist) => [{ name: 'msn far ahead', directives: { msn: edgeOf(playlist).lastMsn + 100 } }],
  partFarAhead,
  () => [{ name: 'part without msn', query: '_HLS_part=0' }],
  () => [{ name: 'msn not a number', query: '_HLS_msn=soon' }],
  () => [{ name: 'msn negative', query: '_HLS_msn=-1' }],
  (playlist) => {
    const { lastMsn } = edgeOf(playlist);
    return [{ name: 'msn given twice', query: `_HLS_msn=${lastMsn}&_HLS_msn=${lastMsn - 1}` }];
  },
  () => [{ name: 'unknown directive', query: '_HLS_awaz_check=1' }],
  () => [{ name: 'other query', query: 'awaz-check=1' }],
  () => [{ name: 'unknown skip value', query: '_HLS_skip=awaz-check' }],
  (playlist) => {
    const { msn, part } = reached(playlist);
    const partQuery = part === undefined ? 'awaz-check=1' : `_HLS_part=${part}`;
    return [
      { name: 'order one', query: `_HLS_msn=${msn}&${partQuery}` },
      { name: 'order two', query: `${partQuery}&_HLS_msn=${msn}` },
    ];
  },
  (playlist) => [
    { name: 'repeated one', directives: reached(playlist) },
    { name: 'repeated two', directives: reached(playlist) },
  ],
  partBeyondTheLast,
  (playlist) => [{ name: 'next segment', directives: { msn: edgeOf(playlist).lastMsn + 1 } }],
];

function reached(playlist: MediaPlaylist): { msn: number; part?: number } {
  const { lastMsn } = edgeOf(playlist);
  const hasParts = (playlist.segments.at(-1)?.parts.length ?? 0) > 0;
  return { msn: lastMsn, ...(hasParts ? { part: 0 } : {}) };
}

function partFarAhead(playlist: MediaPlaylist): Question[] {
  if (playlist.partTarget === undefined) return [];
  const edge = edgeOf(playlist);
  const part = edge.openParts + Math.ceil(advancePartLimit(playlist.partTarget)) + 5;
  return [{ name: 'part far ahead', directives: { msn: edge.lastMsn + 1, part } }];
}

/** One more than the last complete segment has: to be understood as the first part of the segment after it. */
function partBeyondTheLast(playlist: MediaPlaylist): Question[] {
  const parts = playlist.segments.at(-1)?.parts.length ?? 0;
  if (parts === 0) return [];
  return [{ name: 'part beyond the last', directives: { msn: edgeOf(playlist).lastMsn, part: parts } }];
}

async function ask(session: Session, rendition: number, { name, directives, query }: Question): Promise<void> {
  const base = session.renditions[rendition]?.url ?? '';
  const known = session.latest(rendition)?.playlist;
  if (known === undefined) return;
  const { lastMsn, openParts } = edgeOf(known);
  const exchange = await session.client.send({
    url: query === undefined ? withDirectives(base, directives ?? {}) : withQuery(base, query),
    headers: PLAYLIST_HEADERS,
    patienceMs: session.holdPatienceMs({ rendition, directives: directives ?? {} }),
  });
  const facts = { rendition, directives: directives ?? {}, exchange };
  session.probes.push({ name, ...facts, known: { lastMsn, openParts } });
  if (exchange.status === 200) session.snapshots.push(readSnapshot({ ...facts, errand: 'probe' }));
}
