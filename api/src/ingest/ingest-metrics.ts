import type { AlarmLevel, AlarmName, ErrorCode } from '@awaz/infra/contract';
import { Counter, Gauge, Histogram, type Registry } from '@awaz/infra/runtime';

/** How an owner is connected. */
export type IngestTransport = 'websocket' | 'socketio' | 'icecast';

/** Figures of ingest. */
export class IngestMetrics {
  /** Connections that publish now. */
  readonly publishers: Gauge<'transport'>;
  /** Chunks stored. */
  readonly chunks: Counter;
  /** Bytes stored. */
  readonly bytes: Counter;
  /** Time from the arrival of a chunk until it was stored, in seconds. */
  readonly append: Histogram;
  /** Connections that ended with an error, by its code. */
  readonly errors: Counter<'code'>;
  readonly #alarms: Counter<'alarm' | 'level'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.publishers = new Gauge({
      name: 'awaz_ingest_publishers',
      help: 'Connections that publish now.',
      labelNames: ['transport'],
      registers,
    });
    this.chunks = new Counter({ name: 'awaz_ingest_chunks_total', help: 'Chunks stored.', registers });
    this.bytes = new Counter({ name: 'awaz_ingest_bytes_total', help: 'Bytes of chunks stored.', registers });
    this.append = new Histogram({
      name: 'awaz_ingest_append_seconds',
      help: 'Time from the arrival of a chunk until it was stored.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 15],
      registers,
    });
    this.errors = new Counter({
      name: 'awaz_ingest_errors_total',
      help: 'Ingest connections that ended with an error.',
      labelNames: ['code'],
      registers,
    });
    this.#alarms = new Counter({
      name: 'awaz_stream_alarms_total',
      help: 'Changes of alarms that this process was the first to tell',
      labelNames: ['alarm', 'level'],
      registers,
    });
  }

  /** Counts a change of an alarm that was told. */
  alarm(alarm: AlarmName, level: AlarmLevel): void {
    this.#alarms.inc({ alarm, level });
  }

  /** Counts a connection that ended with an error. */
  failed(code: ErrorCode): void {
    this.errors.inc({ code });
  }
}
