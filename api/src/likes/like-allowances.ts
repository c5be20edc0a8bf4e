import { AwazError } from '@awaz/infra/contract';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** How often something may happen. */
type Allowance = { points: number; seconds: number };

/**
 * How often people may like, counted by each process for itself: a like must not cost a write. `person`: five a second
 * with a burst of twenty. `network`: many people behind one address. `all`: what one process takes.
 */
export const LIKE_ALLOWANCES = {
  person: { points: 20, seconds: 4 },
  network: { points: 400, seconds: 4 },
  all: { points: 5000, seconds: 1 },
} as const satisfies Record<string, Allowance>;

/** Keeps likes within {@link LIKE_ALLOWANCES}. What is not used for seconds is forgotten by itself. */
export class LikeAllowances {
  readonly #person = limiter(LIKE_ALLOWANCES.person);
  readonly #network = limiter(LIKE_ALLOWANCES.network);
  readonly #all = limiter(LIKE_ALLOWANCES.all);

  /** Takes one like of a person from a network. Throws `rate_limited`. */
  async take(person: string, network: string): Promise<void> {
    try {
      // In this order, so that nobody is remembered beyond what the process takes.
      await this.#all.consume('all');
      await this.#person.consume(person);
      await this.#network.consume(network);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const retryAfterMs = Math.max(1, refusal.msBeforeNext);
      throw new AwazError('rate_limited', 'So many likes at once are not counted. Wait a moment.', { retryAfterMs });
    }
  }
}

function limiter({ points, seconds }: Allowance): RateLimiterMemory {
  return new RateLimiterMemory({ points, duration: seconds });
}
