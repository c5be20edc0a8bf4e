import type { Milliseconds } from '@awaz/infra/contract';

/** How long before its end a token is replaced, in ms. */
const AHEAD_MS: Milliseconds = 60_000;

/** Shortest wait before a token is replaced, in ms, for those that live shortly. */
const LEAST_WAIT_MS: Milliseconds = 1000;

/** Longest wait of a timer, in ms. */
const MOST_WAIT_MS: Milliseconds = 2 ** 31 - 1;

/** Replaces the access token of an open connection before it expires. `stop` may be called again. */
export class TokenRenewal {
  readonly #renew: () => Promise<Milliseconds | undefined>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #run = 0;

  /** `renew` replaces the token and gives the life of the next one; undefined when that failed and nothing is to be done. */
  constructor(renew: () => Promise<Milliseconds | undefined>) {
    this.#renew = renew;
  }

  /** The token that counts now lives so long. */
  start(lifeMs: Milliseconds): void {
    this.stop();
    const run = this.#run;
    const waitMs = Math.min(MOST_WAIT_MS, Math.max(LEAST_WAIT_MS, lifeMs - AHEAD_MS));
    this.#timer = setTimeout(async () => {
      const nextMs = await this.#renew();
      if (nextMs !== undefined && run === this.#run) this.start(nextMs);
    }, waitMs);
  }

  /** Replaces it no more. */
  stop(): void {
    this.#run += 1;
    clearTimeout(this.#timer);
  }
}
