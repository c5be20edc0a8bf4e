import { AwazError } from '@awaz/infra/contract';
import parseBody from 'co-body';
import type { Context } from 'koa';
import type { z } from 'zod';
import { DEFAULT_BODY_LIMIT_BYTES, type Route } from './route.ts';

/** Where a value comes from. */
type Place = 'path' | 'query' | 'body';

/** A field at fault, as the problem document tells it. */
type FieldFault = { in: Place; field: string; message: string };

/** Faults told in one answer; a hostile body may have any number. */
const MAX_TOLD_FAULTS = 20;

/** Reads and checks what a request carries. Throws `bad_request`, `unsupported_media_type` or `payload_too_large`. */
export async function readInput(route: Route, context: Context) {
  const body = route.body === undefined ? undefined : await readBody(route, context);
  const faults: FieldFault[] = [];
  const read = (place: Place, schema: z.ZodType | undefined, value: unknown) => {
    const result = schema?.safeParse(value);
    if (result?.success === false) faults.push(...faultsOf(place, result.error));
    return result?.data;
  };
  const input = {
    params: read('path', route.params, context.params),
    query: read('query', route.query, { ...context.query }),
    body: read('body', route.body, body),
  };
  if (faults.length > 0) throw badRequest(faults);
  return input;
}

function faultsOf(place: Place, error: z.ZodError): FieldFault[] {
  return error.issues.slice(0, MAX_TOLD_FAULTS).map(({ path, message }) => ({
    in: place,
    field: path.map(String).join('.').slice(0, 100),
    message,
  }));
}

function badRequest(faults: FieldFault[]): AwazError {
  const errors = faults.slice(0, MAX_TOLD_FAULTS);
  const lines = errors.map(({ in: place, field, message }) => `${place}${field === '' ? '' : ` ${field}`}: ${message}`);
  return new AwazError('bad_request', `The request is not valid. ${lines.join('. ')}.`, { facts: { errors } });
}

function readBody({ bodyTypes, bodyLimitBytes }: Route, context: Context): Promise<unknown> {
  if (bodyTypes === undefined) return readJson(context, bodyLimitBytes);
  return readBytes(context, bodyTypes, bodyLimitBytes);
}

async function readBytes(
  context: Context,
  types: readonly string[],
  limitBytes = DEFAULT_BODY_LIMIT_BYTES,
): Promise<Buffer> {
  if (!types.includes(context.request.type)) {
    throw new AwazError('unsupported_media_type', `Send the body as ${types.join(', ')}.`);
  }
  if ((context.request.length ?? 0) > limitBytes) throw tooLarge(limitBytes);
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of context.req as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > limitBytes) throw tooLarge(limitBytes);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

async function readJson(context: Context, limitBytes = DEFAULT_BODY_LIMIT_BYTES): Promise<unknown> {
  const length = context.request.length;
  const isEmpty = length === 0 || (length === undefined && context.get('Transfer-Encoding') === '');
  // HTTP/2 has neither header when a body of unknown length follows; its type says that there is one.
  if (isEmpty && context.get('Content-Type') === '') return undefined;
  const type = context.request.type.slice(0, 60) || 'nothing';
  if (!/^application\/([\w.-]+\+)?json$/i.test(type)) {
    throw new AwazError('unsupported_media_type', `Send the body as application/json, not as ${type}.`);
  }
  if (length !== undefined && length > limitBytes) throw tooLarge(limitBytes);
  try {
    return await parseBody.json(context.req, { limit: limitBytes, strict: false });
  } catch (error) {
    const { status, message } = error as Error & { status?: number };
    if (status === 413) throw tooLarge(limitBytes);
    if (status === 415) throw new AwazError('unsupported_media_type', 'This encoding of the body is not taken.');
    throw new AwazError('bad_request', `The body is no JSON: ${message.slice(0, 100)}`, { cause: error });
  }
}

function tooLarge(limitBytes: number): AwazError {
  return new AwazError('payload_too_large', `The body is larger than ${limitBytes} bytes, the most taken here.`);
}
