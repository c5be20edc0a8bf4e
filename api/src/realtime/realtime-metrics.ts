import { Counter, Gauge, Histogram, type Registry } from '@awaz/infra/runtime';

/** What is counted now. */
export type RealtimeCounts = { sockets: () => number; topics: () => number; streams: () => number };

/** Figures of the live events. */
export class RealtimeMetrics {
  readonly calls: Counter<'event' | 'outcome'>;
  readonly dropped: Counter<'transport' | 'reason'>;
  readonly delay: Histogram;

  constructor(registry: Registry, counts: RealtimeCounts) {
    const registers = [registry];
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    gauge('awaz_live_sockets', 'Open Socket.IO connections', counts.sockets);
    gauge('awaz_live_event_streams', 'Open connections that read events by SSE', counts.streams);
    gauge('awaz_live_topics', 'Stations, and the directory, whose events this process follows', counts.topics);
    this.calls = new Counter({
      name: 'awaz_socket_calls_total',
      help: 'Events of clients that were answered, by event and outcome (ok or the code of the error)',
      labelNames: ['event', 'outcome'],
      registers,
    });
    this.dropped = new Counter({
      name: 'awaz_live_dropped_total',
      help: 'Connections that were closed or refused by the server, by transport and reason',
      labelNames: ['transport', 'reason'],
      registers,
    });
    this.delay = new Histogram({
      name: 'awaz_live_event_delay_seconds',
      help: 'From the moment that an event tells of to its being sent by this process: ends of streams, chat messages',
      buckets: [0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 5],
      registers,
    });
  }
}
