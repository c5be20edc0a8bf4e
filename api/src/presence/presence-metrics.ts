import { Counter, Gauge, Histogram, type Registry } from '@awaz/infra/runtime';
import type { StationCount } from './listener-count.ts';

/** Most stations that have a figure of their own; those with the fewest listeners have none beyond it. */
export const MAX_STATION_LABELS = 1000;

/** What is read when somebody looks at the metrics. */
export type PresenceGauges = {
  /** Sessions that this process holds. */
  held(): number;
  /** Counts of stations, those of the most listeners first. */
  counts(): readonly StationCount[];
};

/** Figures of presence: plain numbers in the hot path, turned into metrics only when somebody looks. */
export class PresenceMetrics {
  /** Requests for media without a session. */
  sessionless = 0;
  /** Times that a session was seen and there was no room to count it. */
  uncounted = 0;
  readonly #flushes: Histogram;
  readonly #failures: Counter;
  readonly #written: Counter;

  constructor(registry: Registry, gauges: PresenceGauges) {
    const registers = [registry];
    new Gauge({
      name: 'awaz_station_listeners',
      help: 'Listeners of a station over all processes; the same number everywhere',
      labelNames: ['station'],
      // Every process that shares a port tells the same number.
      aggregator: 'first',
      registers,
      collect() {
        this.reset();
        for (const { station, count } of gauges.counts().slice(0, MAX_STATION_LABELS)) this.set({ station }, count);
      },
    });
    new Gauge({
      name: 'awaz_presence_sessions',
      help: 'Listener sessions that this process has seen lately',
      registers,
      collect() {
        this.set(gauges.held());
      },
    });
    const sums = [
      {
        name: 'awaz_presence_sessionless_requests_total',
        help: 'Requests for media without a session',
        read: () => this.sessionless,
      },
      {
        name: 'awaz_presence_uncounted_total',
        help: 'Times a session was seen and there was no room to count it',
        read: () => this.uncounted,
      },
    ];
    for (const { name, help, read } of sums) {
      new Counter({
        ...{ name, help, registers },
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    }
    this.#written = new Counter({ name: 'awaz_presence_written_total', help: 'Sessions written to Redis', registers });
    this.#failures = new Counter({ name: 'awaz_presence_failures_total', help: 'Flushes that failed', registers });
    this.#flushes = new Histogram({
      name: 'awaz_presence_flush_seconds',
      help: 'How long writing and counting took',
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    });
  }

  /** Counts a flush that took so many ms. */
  flushed(ms: number): void {
    this.#flushes.observe(ms / 1000);
  }

  /** Counts sessions that were written. */
  wrote(sessions: number): void {
    this.#written.inc(sessions);
  }

  /** Counts a flush that failed. */
  failed(): void {
    this.#failures.inc();
  }
}
