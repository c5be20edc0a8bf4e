import { type AwazError, ERROR_TABLE, type ErrorCode } from '@awaz/infra/contract';

/** Media type of error answers (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json';

/** An error as a client reads it (RFC 9457), with our stable code beside it. */
export type Problem = {
  type: 'about:blank';
  title: string;
  status: number;
  /** What happened, to what, what to do. */
  detail: string;
  code: ErrorCode;
};

/** The problem of an error from the table. */
export function problemOf(error: AwazError): Problem {
  const { title, status } = ERROR_TABLE[error.code];
  return { type: 'about:blank', title, status, detail: error.message, code: error.code };
}

/** `Retry-After` in whole seconds, at least 1; undefined when the error does not say when. */
export function retryAfterSeconds(error: AwazError): number | undefined {
  return error.retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(error.retryAfterMs / 1000));
}
