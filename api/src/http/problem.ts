import { type AwazError, ERROR_TABLE, type Problem } from '@awaz/infra/contract';

/** Media type of error answers (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json';

/** The problem of an error from the table; with the fields at fault when the error knows them. */
export function problemOf(error: AwazError): Problem {
  const { title, status } = ERROR_TABLE[error.code];
  const problem: Problem = { type: 'about:blank', title, status, detail: error.message, code: error.code };
  const { errors } = error.facts as Pick<Problem, 'errors'>;
  return Array.isArray(errors) ? { ...problem, errors } : problem;
}

/** `Retry-After` in whole seconds, at least 1; undefined when the error does not say when. */
export function retryAfterSeconds(error: AwazError): number | undefined {
  return error.retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(error.retryAfterMs / 1000));
}
