import { ERROR_TABLE, type ErrorCode } from '@awaz/infra/contract';

/** Why a request failed: a code of the contract, or `unreachable` when no answer of this server came. */
export type ProblemCode = ErrorCode | 'unreachable';

/** A field of a request that the server finds fault with. */
export type FieldFault = { field: string; message: string };

/** A request that failed. `message` is the server's own, for logs; what people read is `problemText`. */
export class RestProblem extends Error {
  readonly code: ProblemCode;
  /** When trying again makes sense, in ms from the answer; undefined when nobody said. */
  readonly retryAfterMs: number | undefined;
  /** With `bad_request`: what is wrong, field by field. */
  readonly fields: readonly FieldFault[];

  constructor(
    code: ProblemCode,
    message: string,
    rest: { retryAfterMs?: number | undefined; fields?: FieldFault[] } = {},
  ) {
    super(message);
    this.name = 'RestProblem';
    this.code = code;
    this.retryAfterMs = rest.retryAfterMs;
    this.fields = rest.fields ?? [];
  }
}

/** What was thrown, as a problem: what is none of the server's counts as unreachable. */
export function asProblem(thrown: unknown): RestProblem {
  return thrown instanceof RestProblem ? thrown : new RestProblem('unreachable', String(thrown));
}

/** Reads an answer that is no success. What is no problem of ours (a proxy's page, say) counts as unreachable. */
export function readProblem(response: Pick<Response, 'status' | 'headers'>, body: unknown): RestProblem {
  const fields = isRecord(body) ? body : {};
  const { code, detail } = fields;
  const seconds = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  if (typeof code !== 'string' || !Object.hasOwn(ERROR_TABLE, code)) {
    return new RestProblem('unreachable', `The server answered with status ${response.status}.`, { retryAfterMs });
  }
  const message = typeof detail === 'string' ? detail : '';
  return new RestProblem(code as ErrorCode, message, { retryAfterMs, fields: readFaults(fields.errors) });
}

function readFaults(errors: unknown): FieldFault[] {
  if (!Array.isArray(errors)) return [];
  return errors.filter(isRecord).map(({ field, message }) => ({ field: String(field), message: String(message) }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
