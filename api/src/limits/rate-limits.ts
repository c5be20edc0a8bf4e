import { AwazError } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';
import { Counter, type Registry } from '@awaz/infra/runtime';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { type Allowance, LIMITS, type Limit, type LimitName, networkOf } from './limit-table.ts';

/** What rate limits need. */
export type RateLimitsOptions = {
  handle: RedisHandle;
  metrics: Registry;
  /** Multiplies every allowance; for tests. */
  scale?: number | undefined;
};

/** What others use of {@link RateLimits}. */
export type RateLimitTaker = Pick<RateLimits, 'take'>;

type Limiter = RateLimiterRedis;

/**
 * Counts what people do, over all nodes. While Redis is away each node counts for itself. Windows are fixed: they begin
 * with the first use.
 */
export class RateLimits {
  readonly #limiters = new Map<string, Limiter>();
  readonly #refused: Counter<'limit'>;

  constructor({ handle, metrics, scale = 1 }: RateLimitsOptions) {
    this.#refused = new Counter({
      name: 'awaz_rate_limited_total',
      help: 'Requests and events refused because there were too many, by limit',
      labelNames: ['limit'],
      registers: [metrics],
    });
    for (const [name, limit] of Object.entries<Limit>(LIMITS)) {
      for (const by of ['subject', 'address'] as const) {
        const allowance = limit[by];
        if (allowance === undefined) continue;
        this.#limiters.set(`${name} ${by}`, createLimiter(handle, `${name}:${by}`, scaled(allowance, scale)));
      }
    }
  }

  /**
   * Counts one use by a subject (account, guest or key id) from an address. Throws `rate_limited` with the time after
   * which it may be tried again.
   */
  async take(name: LimitName, subject: string, address: string): Promise<void> {
    await this.#consume(name, 'subject', subject);
    await this.#consume(name, 'address', networkOf(address));
  }

  /** Takes one use back, for limits that count failures only. */
  async giveBack(name: LimitName, subject: string, address: string): Promise<void> {
    await this.#limiters
      .get(`${name} subject`)
      ?.reward(subject)
      .catch(() => undefined);
    await this.#limiters
      .get(`${name} address`)
      ?.reward(networkOf(address))
      .catch(() => undefined);
  }

  async #consume(name: LimitName, by: 'subject' | 'address', key: string): Promise<void> {
    try {
      await this.#limiters.get(`${name} ${by}`)?.consume(key);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      this.#refused.inc({ limit: name });
      const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      throw new AwazError('rate_limited', `That is too often. Try again in ${seconds} s.`, {
        retryAfterMs: refusal.msBeforeNext,
        facts: { limit: name, by },
      });
    }
  }
}

function scaled({ points, seconds }: Allowance, scale: number): Allowance {
  return { points: Math.ceil(points * scale), seconds };
}

function createLimiter(handle: RedisHandle, name: string, { points, seconds }: Allowance): Limiter {
  return new RateLimiterRedis({
    storeClient: handle.commands,
    keyPrefix: `awaz:limit:${name}`,
    points,
    duration: seconds,
    rejectIfRedisNotReady: true,
    // Who is refused is not looked up again until the window ends.
    inMemoryBlockOnConsumed: points + 1,
    insuranceLimiter: new RateLimiterMemory({ points, duration: seconds }),
  });
}
