import { AwazError } from '@awaz/infra/contract';
import { problemAnswer } from './answer-headers.ts';
import { sessionOf } from './listener-session.ts';
import { answerWith, type Judged, type Reply, takesGzip } from './reply.ts';

/** When a player may ask again for a station that is off air, in ms. */
const OFF_AIR_RETRY_MS = 2000;

/** The same when the broadcast has begun and its first audio is still to come. */
const BEGINNING_RETRY_MS = 1000;

/** There is no such station. */
export const UNKNOWN_STATION = problemAnswer(
  new AwazError('unknown_station', 'There is no station by this name.'),
  'multivariant',
);

/** The station has nothing on air, and nothing that ended lately. */
export const OFF_AIR = problemAnswer(
  new AwazError('off_air', 'The station is off air.', { retryAfterMs: OFF_AIR_RETRY_MS }),
  'multivariant',
);

/** The broadcast has begun and its first audio is still to come. */
export const BEGINNING = problemAnswer(
  new AwazError('off_air', 'The station is about to go on air.', { retryAfterMs: BEGINNING_RETRY_MS }),
  'multivariant',
);

/** Judges a request for `index.m3u8` of a station whose broadcast is followed. */
export function multivariantReply({ exchange, path, tail }: Judged<'multivariant'>): Reply {
  const { window, playlists } = tail;
  if (window !== undefined && playlists !== undefined && window.segments.length > 0) {
    return answerWith(playlists.multivariant(sessionOf(path), takesGzip(exchange.fields)));
  }
  if (window?.edge.ended) return answerWith(OFF_AIR);
  return { kind: 'hold', until: { msn: (window?.edge.lastMsn ?? -1) + 1 }, expired: BEGINNING };
}
