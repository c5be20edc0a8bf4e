import { Counter, Gauge, type Registry } from '@awaz/infra/runtime';

/** Figures about listening to private stations. */
export class ListenMetrics {
  readonly #sessions;
  readonly #looks;

  /** `known`: sessions that this process knows to be good. */
  constructor(registry: Registry, { known }: { known: () => number }) {
    const registers = [registry];
    this.#sessions = new Counter({
      ...{ name: 'awaz_listen_sessions_total', registers, labelNames: ['outcome'] },
      help: 'Sessions of private stations that a token was to open',
    });
    this.#looks = new Counter({
      ...{ name: 'awaz_listen_looks_total', registers, labelNames: ['outcome'] },
      help: 'Looks in Redis whether a session of a private station may still listen',
    });
    new Gauge({
      ...{ name: 'awaz_listen_known_sessions', registers },
      help: 'Sessions of private stations that this process knows to be good',
      collect() {
        this.set(known());
      },
    });
  }

  /** A token was shown. */
  asked(outcome: 'opened' | 'refused'): void {
    this.#sessions.inc({ outcome });
  }

  /** A session was looked up. */
  looked(outcome: 'good' | 'refused'): void {
    this.#looks.inc({ outcome });
  }
}
