import { AwazError } from '@awaz/infra/contract';
import { isRedisAway } from '@awaz/infra/redis';
import type { Logger } from '@awaz/infra/runtime';
import type { Middleware } from 'koa';
import { PROBLEM_TYPE, problemOf, retryAfterSeconds } from './problem.ts';

/** What Koa and its router throw: errors that know their HTTP status. */
type StatusError = Error & { status: number };

/** Turns errors, and requests that nobody answered, into `application/problem+json` (RFC 9457). */
export function errorAnswers(logger: Logger): Middleware {
  return async (context, next) => {
    let error: AwazError | undefined;
    try {
      await next();
      error = unanswered(context.status, context.body);
    } catch (thrown) {
      error = toAwazError(thrown);
      if (error.code === 'internal') logger.error({ err: thrown, path: context.path }, 'a request failed');
    }
    if (error === undefined) return;
    const problem = problemOf(error);
    const retryAfter = retryAfterSeconds(error);
    context.status = problem.status;
    context.type = PROBLEM_TYPE;
    context.set('Cache-Control', 'no-store');
    if (retryAfter !== undefined) context.set('Retry-After', String(retryAfter));
    context.body = JSON.stringify(problem);
  };
}

function unanswered(status: number, body: unknown): AwazError | undefined {
  if (body !== undefined && body !== null) return undefined;
  if (status === 404) return new AwazError('not_found', 'There is nothing at this address.');
  return status === 405 || status === 501
    ? new AwazError('method_not_allowed', 'This address does not take this method; see Allow.')
    : undefined;
}

/** How long a client should wait for Redis to come back, in ms. */
const REDIS_RETRY_MS = 2000;

function toAwazError(thrown: unknown): AwazError {
  if (thrown instanceof AwazError) return thrown;
  if (isRedisAway(thrown)) {
    const options = { cause: thrown, retryAfterMs: REDIS_RETRY_MS };
    return new AwazError('unavailable', 'The store of this server does not answer. Try again soon.', options);
  }
  const status = thrown instanceof Error && 'status' in thrown ? (thrown as StatusError).status : 500;
  return status >= 400 && status < 500
    ? new AwazError(status === 404 ? 'not_found' : 'bad_request', undefined, { cause: thrown })
    : new AwazError('internal', 'Something broke while answering. Try again.', { cause: thrown });
}
