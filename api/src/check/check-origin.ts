import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import type { HttpPort } from './http-port.ts';
import { NodeHttp } from './node-http.ts';
import type { Observations } from './observations.ts';
import { viewOf } from './origin-view.ts';
import { recordOrigin } from './record/record-origin.ts';
import { type Finding, judgeRule } from './rule.ts';
import { RULES } from './rules/index.ts';

/** What to check and how. */
export type CheckOptions = {
  /** A multivariant or media playlist. */
  url: string;
  /** How long the live edge is followed, in seconds; 20 when left out. */
  seconds?: number;
  /** Most bytes that are loaded; 200 MB when left out. */
  maxBytes?: number;
  /** Whether a certificate that nobody vouches for will do. */
  insecure?: boolean;
  /** Ends the check early; what was seen by then is judged. */
  signal?: AbortSignal;
  /** Told what is done, about once a second. */
  onProgress?: (line: string) => void;
  /** Another way to reach the origin, and another clock; for tests. The caller closes the port. */
  http?: HttpPort;
  clock?: Clock;
};

/** What came of a check. */
export type Report = {
  url: string;
  /** Ms since 1970. */
  startedAt: number;
  endedAt: number;
  renditions: readonly string[];
  /** How much was looked at. */
  playlists: number;
  media: number;
  requests: number;
  bytes: number;
  findings: readonly Finding[];
  /** What else there is to know: caps that were reached, times that are uncertain. */
  remarks: readonly string[];
  /** Whether no MUST is broken. */
  conforms: boolean;
};

/** How long the live edge is followed unless something else is asked for, in seconds. */
export const USUAL_SECONDS = 20;

const USUAL_MAX_BYTES = 200_000_000;

/** Checks an origin. Rejects with an `UncheckableError` when the URL leads to no playlist. */
export async function checkOrigin(options: CheckOptions): Promise<Report> {
  const own = options.http === undefined ? new NodeHttp({ insecure: options.insecure ?? false }) : undefined;
  try {
    const observed = await recordOrigin({
      url: options.url,
      seconds: options.seconds ?? USUAL_SECONDS,
      maxBytes: options.maxBytes ?? USUAL_MAX_BYTES,
      http: options.http ?? (own as HttpPort),
      clock: options.clock ?? SYSTEM_CLOCK,
      signal: options.signal ?? new AbortController().signal,
      onProgress: options.onProgress ?? (() => undefined),
    });
    return judge(observed);
  } finally {
    own?.close();
  }
}

/** Judges what was seen by all rules. */
export function judge(observed: Observations): Report {
  const view = viewOf(observed);
  const findings = RULES.flatMap(([group, rules]) => rules.map((rule) => judgeRule(rule, group, view)));
  const { url, startedAt, endedAt, renditions, snapshots, media, exchanges, remarks } = observed;
  return {
    url,
    startedAt,
    endedAt,
    renditions: renditions.map(({ name }) => name),
    playlists: snapshots.length,
    media: media.length,
    requests: exchanges.length,
    bytes: exchanges.reduce((sum, exchange) => sum + exchange.body.length, 0),
    findings,
    remarks,
    conforms: !findings.some(({ level, verdict }) => level === 'MUST' && verdict === 'fail'),
  };
}
