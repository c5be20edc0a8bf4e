import type { RedisHandle } from '@awaz/infra/redis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { networkOf } from '../limits/index.ts';

/** Wrong keys that an address may send before it is slowed down. */
export const FREE_GUESSES = 5;

/** Longest wait before a wrong key is answered, in ms. */
export const MAX_GUESS_DELAY_MS = 2000;

/** First wait, in ms; doubles with each further wrong key. */
const FIRST_DELAY_MS = 100;

/** After this time an address starts afresh, in ms. */
const FORGET_AFTER_MS = 600_000;

/** Most addresses that are remembered; the one that guessed longest ago is forgotten beyond it. */
export const MAX_GUESSING_ADDRESSES = 10_000;

/**
 * Slows down the answers to wrong keys, per address (a whole IPv6 /64 counts as one), counted over all nodes. A right key
 * is never slowed down: people behind one address share it with whoever guesses there. While Redis is away, and without
 * one, each node counts for itself.
 */
export class GuessLimiter {
  readonly #shared: RateLimiterRedis | undefined;
  readonly #own = new Map<string, { wrong: number; at: number }>();
  readonly #now: () => number;

  /** `now` gives ms since 1970; for tests. */
  constructor({ handle, now = Date.now }: { handle?: RedisHandle; now?: () => number } = {}) {
    this.#now = now;
    this.#shared = handle && sharedCounter(handle);
  }

  /** Addresses that this node itself remembers. */
  get size(): number {
    return this.#own.size;
  }

  /** Counts a wrong key; settles with how long to wait before the answer, in ms. */
  async wrongKey(address: string): Promise<number> {
    const who = networkOf(address);
    const shared = await this.#shared?.penalty(who).catch(() => undefined);
    const wrong = shared?.consumedPoints ?? this.#countHere(who);
    if (wrong <= FREE_GUESSES) return 0;
    return Math.min(MAX_GUESS_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(wrong - FREE_GUESSES - 1, 16));
  }

  #countHere(who: string): number {
    const now = this.#now();
    const before = this.#own.get(who);
    const wrong = before === undefined || now - before.at > FORGET_AFTER_MS ? 1 : before.wrong + 1;
    this.#own.delete(who); // to the end of the order
    this.#own.set(who, { wrong, at: now });
    const [oldest] = this.#own.keys();
    if (this.#own.size > MAX_GUESSING_ADDRESSES && oldest !== undefined) this.#own.delete(oldest);
    return wrong;
  }
}

function sharedCounter(handle: RedisHandle): RateLimiterRedis {
  return new RateLimiterRedis({
    storeClient: handle.commands,
    keyPrefix: 'awaz:limit:guess',
    points: FREE_GUESSES,
    duration: FORGET_AFTER_MS / 1000,
    rejectIfRedisNotReady: true,
  });
}
