import { AwazError } from '@awaz/infra/contract';
import { Counter, type Logger, type Registry } from '@awaz/infra/runtime';

/** How somebody signs in. */
export type SignInKind = 'register' | 'password' | 'one_time' | 'refresh';

/** Counts sign-ins, and tells of refresh tokens that were used twice. */
export class AccountMetrics {
  readonly #signIns: Counter<'kind' | 'outcome'>;
  readonly #logger: Logger;

  constructor({ metrics, logger }: { metrics: Registry; logger: Logger }) {
    this.#logger = logger;
    this.#signIns = new Counter({
      name: 'awaz_sign_ins_total',
      help: 'Sign-ins by kind (register, password, one_time, refresh) and outcome (ok or the error code)',
      labelNames: ['kind', 'outcome'],
      registers: [metrics],
    });
  }

  /** Runs a sign-in and counts how it ends; what it throws is thrown. */
  async counted<T>(kind: SignInKind, run: () => Promise<T>): Promise<T> {
    try {
      const result = await run();
      this.#signIns.inc({ kind, outcome: 'ok' });
      return result;
    } catch (error) {
      this.#signIns.inc({ kind, outcome: error instanceof AwazError ? error.code : 'internal' });
      if (error instanceof AwazError && error.facts.reused) {
        this.#logger.warn({ ...error.facts }, 'a refresh token was used twice; its sign-in has ended');
      }
      throw error;
    }
  }
}
