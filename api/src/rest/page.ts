import { AwazError } from '@awaz/infra/contract';
import type { z } from 'zod';

/** Writes a place in a list as an opaque cursor. */
export function encodeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** Reads a cursor; undefined for the first page. Throws `bad_request` for what is no cursor of this list. */
export function decodeCursor<Place>(cursor: string | undefined, schema: z.ZodType<Place>): Place | undefined {
  if (cursor === undefined) return undefined;
  const result = schema.safeParse(parse(cursor));
  if (result.success) return result.data;
  throw new AwazError('bad_request', 'query cursor: is none of this list. Start again without it.');
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}
