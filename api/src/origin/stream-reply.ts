import { BEGINNING, OFF_AIR } from './multivariant-reply.ts';
import { answerWith, type Judged, type Reply } from './reply.ts';

/** Judges a request for a progressive stream of a station whose broadcast is followed. */
export function streamReply({ tail: { window } }: Judged<'stream'>): Reply {
  if (window?.edge.ended) return answerWith(OFF_AIR);
  if (window !== undefined && window.segments.length > 0) return { kind: 'stream', ladder: window.meta.ladder };
  return { kind: 'hold', until: { msn: (window?.edge.lastMsn ?? -1) + 1 }, expired: BEGINNING };
}
