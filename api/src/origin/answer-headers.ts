import { AwazError, ERROR_TABLE } from '@awaz/infra/contract';
import { PROBLEM_TYPE, problemOf, retryAfterSeconds } from '../http/problem.ts';
import { Answer } from './answer.ts';
import type { ByteRange } from './byte-range.ts';
import { type CacheClass, cacheControl, privateCacheControl } from './cache-policy.ts';

/** Target duration assumed where no broadcast is known, in seconds. */
const USUAL_TARGET_DURATION = 2;

/** `/live` is open to pages of every site; `Age` and `Date` tell players how fresh an answer is. */
const CORS = ['Access-Control-Allow-Origin', '*', 'Access-Control-Expose-Headers', 'Age, Date, Retry-After'];

// RFC 8216bis B.1 asks for urgencies (RFC 9218): 1 for playlists, 2 to 6 for media, and a variant of a higher bit rate
// never before one of a lower. Proxies in front that speak HTTP/2 or HTTP/3 go by them.
const PLAYLIST_PRIORITY = ['Priority', 'u=1'];
const FIRST_MEDIA_URGENCY = 2;
const LEAST_MEDIA_URGENCY = 6;

/** Header fields of a playlist. */
export function playlistHeaders(playlist: { cacheClass: CacheClass; targetDuration: number; gzip: boolean }): string[] {
  return [
    'Content-Type',
    'application/vnd.apple.mpegurl',
    ...(playlist.gzip ? ['Content-Encoding', 'gzip'] : []),
    'Vary',
    'Accept-Encoding',
    'Cache-Control',
    cacheControl(playlist.cacheClass, playlist.targetDuration),
    ...PLAYLIST_PRIORITY,
    ...CORS,
  ];
}

/** Which media it is about. */
export type MediaFacts = {
  cacheClass: 'part' | 'segment';
  targetDuration: number;
  /** Place of its rendition in the ladder. */
  rendition: number;
};

/** Header fields of media. */
export function mediaHeaders({ cacheClass, targetDuration, rendition }: MediaFacts): string[] {
  const keep = cacheControl(cacheClass, targetDuration);
  const urgency = `u=${Math.min(LEAST_MEDIA_URGENCY, FIRST_MEDIA_URGENCY + rendition)}`;
  return ['Content-Type', 'audio/mp4', 'Cache-Control', keep, 'Accept-Ranges', 'bytes', 'Priority', urgency, ...CORS];
}

/** The answer to a `Range` that was understood. */
export function rangeAnswer(whole: Answer, range: ByteRange | 'unsatisfiable'): Answer {
  const size = whole.body.length;
  // RFC 9110 15.5.17: "A server that generates a 416 response to a byte-range request SHOULD generate a Content-Range
  // header field specifying the current length of the selected representation."
  if (range === 'unsatisfiable') {
    const fields = ['Cache-Control', cacheControl('passing', 0), 'Accept-Ranges', 'bytes', ...CORS];
    return new Answer(416, [...fields, 'Content-Range', `bytes */${size}`], Buffer.alloc(0));
  }
  const place = `bytes ${range.start}-${range.end}/${size}`;
  return new Answer(206, [...whole.fields, 'Content-Range', place], whole.body.subarray(range.start, range.end + 1));
}

const privateAnswers = new WeakMap<Answer, Answer>();

/** The same answer for its client alone, shared as the answer is. */
export function privateAnswer(answer: Answer): Answer {
  const known = privateAnswers.get(answer);
  if (known !== undefined) return known;
  const { fields } = answer;
  const own = fields.map((text, at) => (fields[at - 1] === 'Cache-Control' ? privateCacheControl(text) : text));
  const made = new Answer(answer.status, own, answer.body);
  privateAnswers.set(answer, made);
  return made;
}

/** An error as an answer (RFC 9457). */
export function problemAnswer(
  error: AwazError,
  cacheClass: CacheClass,
  targetDuration = USUAL_TARGET_DURATION,
): Answer {
  const seconds = retryAfterSeconds(error);
  const fields = [
    'Content-Type',
    PROBLEM_TYPE,
    'Cache-Control',
    cacheControl(cacheClass, targetDuration),
    ...(seconds === undefined ? [] : ['Retry-After', String(seconds)]),
    ...CORS,
  ];
  return new Answer(ERROR_TABLE[error.code].status, fields, Buffer.from(JSON.stringify(problemOf(error))));
}

/** The answer to a method that media and playlists do not have. */
export const METHOD_NOT_ALLOWED: Answer = (() => {
  const refused = problemAnswer(new AwazError('method_not_allowed', 'Use GET, HEAD or OPTIONS.'), 'passing');
  return new Answer(refused.status, ['Allow', 'GET, HEAD, OPTIONS', ...refused.fields], refused.body);
})();

/** The answer to a preflight: any page may read, with a range if it likes. */
export const PREFLIGHT: Answer = new Answer(
  204,
  [
    'Access-Control-Allow-Origin',
    '*',
    'Access-Control-Allow-Methods',
    'GET, HEAD, OPTIONS',
    'Access-Control-Allow-Headers',
    'Range, If-Range, Cache-Control, Accept, Accept-Encoding, Authorization, Icy-MetaData',
    'Access-Control-Max-Age',
    '86400',
    'Cache-Control',
    'no-store',
  ],
  Buffer.alloc(0),
);
