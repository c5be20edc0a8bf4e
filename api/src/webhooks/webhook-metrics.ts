import { Counter, Gauge, Histogram, type Registry } from '@awaz/infra/runtime';
import type { WebhookTry } from './webhook-log.ts';

/** Figures about webhooks. */
export class WebhookMetrics {
  readonly #tries: Counter;
  readonly #seconds: Histogram;
  readonly #lost: Counter;

  /** `leads`: whether this process is the one that tells webhooks of events. */
  constructor(registry: Registry, { leads }: { leads: () => boolean }) {
    const registers = [registry];
    this.#tries = new Counter({
      ...{ name: 'awaz_webhook_tries_total', registers, labelNames: ['outcome'] },
      help: 'Messages to webhooks by what became of a try: taken, failed, skipped (removed or switched off)',
    });
    this.#seconds = new Histogram({
      ...{ name: 'awaz_webhook_try_seconds', registers, buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] },
      help: 'How long receivers of webhooks took to answer',
    });
    this.#lost = new Counter({
      ...{ name: 'awaz_webhook_events_lost_total', registers },
      help: 'Times when webhooks of a station were not told of events that are kept no longer',
    });
    new Gauge({
      ...{ name: 'awaz_webhook_dispatchers', registers },
      help: 'Whether this process tells webhooks of events; one of all does',
      collect() {
        this.set(leads() ? 1 : 0);
      },
    });
  }

  /** A try was made. */
  tried({ error, durationMs }: WebhookTry): void {
    this.#tries.inc({ outcome: error === null ? 'taken' : 'failed' });
    this.#seconds.observe(durationMs / 1000);
  }

  /** A message was not sent, because its webhook wants none any more. */
  skipped(): void {
    this.#tries.inc({ outcome: 'skipped' });
  }

  /** Events of a station could not be told. */
  lost(): void {
    this.#lost.inc();
  }
}
