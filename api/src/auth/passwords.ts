import { randomBytes } from 'node:crypto';
import { AwazError } from '@awaz/infra/contract';
import { hash, verify } from '@node-rs/argon2';

/** argon2id (2) with what OWASP's Password Storage Cheat Sheet asks for: 19 MiB, 2 passes, 1 lane. */
const COST = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Passwords hashed at the same time, each on a thread of libuv's pool (of four, which files and DNS use too). */
const MAX_RUNNING = 2;

/** Passwords that wait for their turn; more are refused. */
const MAX_WAITING = 50;

/** Hashes passwords off the main thread, a few at a time. */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #nobodys: Promise<string> | undefined;

  /** What is kept of a password. Throws `overloaded` when too many wait. */
  hash(password: string): Promise<string> {
    return this.#turn(() => hash(password, COST));
  }

  /**
   * Whether a password is the one of a hash; false, after the same time, when there is no hash. Throws `overloaded` when
   * too many wait.
   */
  async matches(kept: string | undefined, password: string): Promise<boolean> {
    this.#nobodys ??= hash(randomBytes(16).toString('hex'), COST);
    const against = kept ?? (await this.#nobodys);
    const same = await this.#turn(() => verify(against, password));
    return kept !== undefined && same;
  }

  async #turn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < MAX_RUNNING) this.#running++;
    else if (this.#waiting.length < MAX_WAITING) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else throw new AwazError('overloaded', 'Too many sign in at once. Try again soon.', { retryAfterMs: 2000 });
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift(); // takes this turn over
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
