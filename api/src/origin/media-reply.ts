import { AwazError } from '@awaz/infra/contract';
import { Answer } from './answer.ts';
import { type MediaFacts, mediaHeaders, problemAnswer, rangeAnswer } from './answer-headers.ts';
import type { BroadcastWindow } from './broadcast-window.ts';
import { parseByteRange } from './byte-range.ts';
import { answerWith, type Judged, type PathOf, type Reply } from './reply.ts';

type MediaKind = 'init' | 'segment' | 'part';

const MISSING = new AwazError('not_found', 'There is no such media, or it is no longer kept.');

/** Answers of parts, shared by all who ask; they go with the part's bytes. */
const partAnswers = new WeakMap<Buffer, Answer>();

/** Judges a request for an init section, a segment or a part. */
export function mediaReply({ exchange, path, tail }: Judged<MediaKind>): Reply {
  const { window } = tail;
  const rendition = window?.renditionIndex(path.rendition);
  const whole = window && rendition !== undefined && find(path, window, rendition);
  if (whole) {
    const { range, 'if-range': ifRange } = exchange.fields;
    // There are no validators to compare with, so a condition on them never holds (RFC 9110 13.1.5).
    const wanted = ifRange === undefined ? parseByteRange(range, whole.body.length) : undefined;
    return answerWith(wanted === undefined ? whole : rangeAnswer(whole, wanted));
  }
  // RFC 8216bis 6.2.6: "… the server MUST refrain from transmitting any bytes belonging to a Partial Segment until all
  // bytes of that Partial Segment can be transmitted at the full speed of the link to the client."
  if (window && rendition !== undefined && path.kind === 'part' && isHinted(path, window)) {
    return { kind: 'hold', until: { msn: path.msn, part: path.index } };
  }
  // RFC 8216bis 6.2.6: "The server SHOULD respond with "Not Found" (such as HTTP 404) to a request for a resource that it
  // cannot find and that is not specified by an EXT-X-PRELOAD-HINT tag in an active Media Playlist."
  return answerWith(problemAnswer(MISSING, exchange.wasHeld ? 'blocking missing' : 'missing', window?.targetDuration));
}

function find(path: PathOf<MediaKind>, window: BroadcastWindow, rendition: number): Answer | undefined {
  const { targetDuration } = window;
  if (path.kind === 'part') {
    const bytes = window.part(path.msn, path.index)?.payloads[rendition];
    return bytes && sharedPartAnswer(bytes, { cacheClass: 'part', targetDuration, rendition });
  }
  const bytes = path.kind === 'init' ? window.initSections[rendition] : window.segment(path.msn)?.whole(rendition);
  return bytes && new Answer(200, mediaHeaders({ cacheClass: 'segment', targetDuration, rendition }), bytes);
}

function sharedPartAnswer(bytes: Buffer, facts: MediaFacts): Answer {
  const known = partAnswers.get(bytes);
  if (known !== undefined) return known;
  const answer = new Answer(200, mediaHeaders(facts), bytes);
  partAnswers.set(bytes, answer);
  return answer;
}

function isHinted(path: PathOf<'part'>, { edge, lowLatency }: BroadcastWindow): boolean {
  return lowLatency && !edge.ended && path.msn === edge.lastMsn + 1 && path.index === edge.openParts;
}
