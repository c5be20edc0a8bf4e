import type { FieldMemory, KnownFields } from './request-fields.ts';

/** A request without a body, read whole. */
export type RequestHead = {
  /** Path and query as they were sent. */
  readonly target: string;
  readonly known: KnownFields;
  /** Characters that it took, with the empty line. */
  readonly length: number;
};

/** Most bytes of a request; Node may take longer ones. */
export const MAX_HEAD_BYTES = 8192;

const METHOD = 'GET ';
const VERSION = ' HTTP/1.1';

// RFC 9112 3.2.1: origin-form = absolute-path [ "?" query ], in the characters that RFC 3986 allows there.
const TARGET = /^\/[A-Za-z0-9\-._~%!$&'()*+,;=:@/?]*$/;

/**
 * Reads the request at the beginning of `text` (bytes as Latin-1) if it is a plain GET below `prefix`. `partial`: what is
 * there may become one. `unusual`: it is not one, or not certainly.
 */
export function readRequestHead(
  text: string,
  { prefix, memory, last }: { prefix: string; memory: FieldMemory; last: KnownFields | undefined },
): RequestHead | 'partial' | 'unusual' {
  const begin = METHOD + prefix;
  if (!text.startsWith(begin)) return begin.startsWith(text) ? 'partial' : 'unusual';
  // RFC 9112 3: request-line = method SP request-target SP HTTP-version, and then CRLF.
  const lineEnd = text.indexOf('\r\n', begin.length);
  if (lineEnd < 0) return orTooLong(text);
  const targetEnd = lineEnd - VERSION.length;
  if (targetEnd < begin.length || !text.startsWith(VERSION, targetEnd)) return 'unusual';
  const target = text.slice(METHOD.length, targetEnd);
  if (!TARGET.test(target)) return 'unusual';
  const end = text.indexOf('\r\n\r\n', lineEnd);
  if (end < 0) return orTooLong(text);
  const length = end + 4;
  if (length > MAX_HEAD_BYTES) return 'unusual';
  const lines = text.slice(lineEnd + 2, end + 2);
  const known = last?.lines === lines ? last : memory.read(lines);
  return known === undefined ? 'unusual' : { target, known, length };
}

function orTooLong(text: string): 'partial' | 'unusual' {
  return text.length > MAX_HEAD_BYTES ? 'unusual' : 'partial';
}
