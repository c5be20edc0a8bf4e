/** Wrong keys that an address may send before it is slowed down. */
export const FREE_GUESSES = 5;

/** Longest wait before a wrong key is answered, in ms. */
export const MAX_GUESS_DELAY_MS = 2000;

/** First wait, in ms; doubles with each further wrong key. */
const FIRST_DELAY_MS = 100;

/** After this time without a wrong key an address starts afresh, in ms. */
const FORGET_AFTER_MS = 600_000;

/** Most addresses that are remembered; the one that guessed longest ago is forgotten beyond it. */
export const MAX_GUESSING_ADDRESSES = 10_000;

/**
 * Slows down the answers to wrong keys, per address. A right key is never slowed down: people behind one address share
 * it with whoever guesses there.
 */
export class GuessLimiter {
  readonly #guesses = new Map<string, { wrong: number; at: number }>();
  readonly #now: () => number;

  /** `now` gives ms since 1970; for tests. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Addresses that are remembered. */
  get size(): number {
    return this.#guesses.size;
  }

  /** Counts a wrong key; returns how long to wait before the answer, in ms. */
  wrongKey(address: string): number {
    const who = network(address);
    const now = this.#now();
    const before = this.#guesses.get(who);
    const wrong = before === undefined || now - before.at > FORGET_AFTER_MS ? 1 : before.wrong + 1;
    this.#guesses.delete(who); // to the end of the order
    this.#guesses.set(who, { wrong, at: now });
    const [oldest] = this.#guesses.keys();
    if (this.#guesses.size > MAX_GUESSING_ADDRESSES && oldest !== undefined) this.#guesses.delete(oldest);
    if (wrong <= FREE_GUESSES) return 0;
    return Math.min(MAX_GUESS_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(wrong - FREE_GUESSES - 1, 16));
  }
}

/** Whoever has one IPv6 address has its whole /64. */
function network(address: string): string {
  const isMapped = address.startsWith('::ffff:') && address.includes('.');
  return address.includes(':') && !isMapped ? address.split(':').slice(0, 4).join(':') : address;
}
