/** What `_HLS_skip` may ask for: `v2` leaves out date ranges too. */
export type SkipDirective = 'YES' | 'v2';

/** Delivery Directives (RFC 8216bis 6.2.5) of a playlist request. */
export type DeliveryDirectives = {
  /** `_HLS_msn`: answer when this segment is there. */
  msn?: number;
  /** `_HLS_part`: answer when this part of it is there. Never without `msn`. */
  part?: number;
  /** `_HLS_skip`: a delta update will do. */
  skip?: SkipDirective;
};

/** The directives of a query, or why it has to be answered with 400. */
export type DirectivesResult = { ok: true; directives: DeliveryDirectives } | { ok: false; reason: string };

const NONE: DirectivesResult = { ok: true, directives: {} };

const refuse = (reason: string): DirectivesResult => ({ ok: false, reason });

/**
 * Reads the directives of a query string (without `?`). Other parameters are left alone, also unknown ones that begin
 * with `_HLS_`, and values of `_HLS_skip` that a later version may define.
 */
export function parseDeliveryDirectives(query: string): DirectivesResult {
  if (query === '') return NONE;
  const values = new Map<string, string>();
  for (const pair of query.split('&')) {
    const equals = pair.indexOf('=');
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    if (name !== '_HLS_msn' && name !== '_HLS_part' && name !== '_HLS_skip') continue;
    if (values.has(name)) return refuse(`${name} is given twice; give it once`);
    values.set(name, equals < 0 ? '' : decode(pair.slice(equals + 1)));
  }
  return values.size === 0 ? NONE : readValues(values);
}

function readValues(values: ReadonlyMap<string, string>): DirectivesResult {
  const directives: DeliveryDirectives = {};
  const msn = values.get('_HLS_msn');
  if (msn !== undefined) {
    if (!isDecimalInteger(msn)) return refuse('_HLS_msn must be a decimal integer');
    directives.msn = Number(msn);
  }
  const part = values.get('_HLS_part');
  if (part !== undefined) {
    if (!isDecimalInteger(part)) return refuse('_HLS_part must be a decimal integer');
    // "If the Playlist URI contains an _HLS_part directive but no _HLS_msn directive, the Server MUST return Bad Request,
    // such as HTTP 400."
    if (msn === undefined) return refuse('_HLS_part needs an _HLS_msn beside it');
    directives.part = Number(part);
  }
  const skip = values.get('_HLS_skip');
  if (skip === 'YES' || skip === 'v2') directives.skip = skip;
  return { ok: true, directives };
}

/** RFC 8216bis 4.2: "an unquoted string of characters from the set [0..9] expressing an integer in base-10 arithmetic". */
function isDecimalInteger(text: string): boolean {
  return /^\d{1,20}$/.test(text);
}

function decode(text: string): string {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
