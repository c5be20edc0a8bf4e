import { AwazError } from '@awaz/infra/contract';
import { isRedisAway } from '@awaz/infra/redis';

/** How long a client should wait for Redis to come back, in ms. */
const REDIS_RETRY_MS = 2000;

/** Whatever was thrown as an error that may be shown. */
export function asAwazError(thrown: unknown): AwazError {
  if (thrown instanceof AwazError) return thrown;
  if (isRedisAway(thrown)) {
    const options = { cause: thrown, retryAfterMs: REDIS_RETRY_MS };
    return new AwazError('unavailable', 'The store of this server does not answer. Try again soon.', options);
  }
  return new AwazError('internal', 'Something broke on the server. Try again.', { cause: thrown });
}
