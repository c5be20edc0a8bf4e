import { Counter, Gauge, Histogram, type Registry } from '@awaz/infra/runtime';

/** Kinds of requests that are counted apart. */
export const REQUEST_CLASSES = [
  'multivariant',
  'playlist',
  'blocking_playlist',
  'init',
  'segment',
  'part',
  'stream',
  'other',
] as const;

/** See {@link REQUEST_CLASSES}. */
export type RequestClass = (typeof REQUEST_CLASSES)[number];

/** What is read when somebody looks at the metrics. */
export type OriginGauges = {
  held(): number;
  tailed(): number;
  windowBytes(): number;
  streamListeners(): number;
  encoders(): number;
};

/** Figures of the hot path: plain numbers, turned into metrics only when somebody looks. */
export class OriginMetrics {
  readonly #answered = new Map<RequestClass, number>();
  readonly #failed = new Map<number, number>();
  readonly #holds: Histogram;
  #bytes = 0;
  #renders = 0;
  #renderMs = 0;
  #dropped = 0;

  constructor(registry: Registry, gauges: OriginGauges) {
    const registers = [registry];
    byLabel(
      { name: 'awaz_origin_requests_total', help: 'Requests below /live by class', label: 'class', registers },
      this.#answered,
    );
    byLabel(
      { name: 'awaz_origin_errors_total', help: 'Errors by HTTP status', label: 'status', registers },
      this.#failed,
    );
    total({ name: 'awaz_origin_body_bytes_total', help: 'Bytes of answer bodies', registers }, () => this.#bytes);
    total({ name: 'awaz_origin_renders_total', help: 'Media playlists rendered', registers }, () => this.#renders);
    total(
      { name: 'awaz_origin_render_seconds_total', help: 'Time spent on rendering media playlists', registers },
      () => this.#renderMs / 1000,
    );
    level({ name: 'awaz_origin_held_requests', help: 'Requests that wait to be answered', registers }, gauges.held);
    // Several workers on one port follow the same broadcasts: a sum would say nothing.
    const tailed = { name: 'awaz_origin_tailed_broadcasts', help: 'Broadcasts that are followed', registers };
    level({ ...tailed, aggregator: 'max' }, gauges.tailed);
    level({ name: 'awaz_origin_window_bytes', help: 'Bytes of media in memory', registers }, gauges.windowBytes);
    const listeners = 'Listeners of progressive streams';
    level({ name: 'awaz_origin_stream_listeners', help: listeners, registers }, gauges.streamListeners);
    level({ name: 'awaz_origin_mp3_encoders', help: 'MP3 encoders that run', registers }, gauges.encoders);
    total(
      { name: 'awaz_origin_dropped_listeners_total', help: 'Slow listeners of streams that were dropped', registers },
      () => this.#dropped,
    );
    this.#holds = new Histogram({
      name: 'awaz_origin_hold_seconds',
      help: 'How long requests were held',
      buckets: [0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 4, 7],
      registers,
    });
  }

  /** Counts an answer. */
  answered(requestClass: RequestClass, status: number, bodyBytes: number): void {
    this.#answered.set(requestClass, (this.#answered.get(requestClass) ?? 0) + 1);
    if (status >= 400) this.#failed.set(status, (this.#failed.get(status) ?? 0) + 1);
    this.#bytes += bodyBytes;
  }

  /** Counts bytes of progressive streams. */
  sent(bytes: number): void {
    this.#bytes += bytes;
  }

  /** Counts a listener of a progressive stream that was dropped. */
  dropped(): void {
    this.#dropped++;
  }

  /** Counts a hold that has ended. */
  held(ms: number): void {
    this.#holds.observe(ms / 1000);
  }

  /** Counts a render. */
  rendered(ms: number): void {
    this.#renders++;
    this.#renderMs += ms;
  }
}

type Described = { name: string; help: string; registers: Registry[] };

/** A counter that is read from a table when somebody looks. */
function byLabel(metric: Described & { label: string }, counts: ReadonlyMap<string | number, number>): void {
  const { label, ...described } = metric;
  new Counter({
    ...described,
    labelNames: [label],
    collect() {
      this.reset();
      for (const [key, count] of counts) this.inc({ [label]: key }, count);
    },
  });
}

/** A counter that is read from one number when somebody looks. */
function total(metric: Described, read: () => number): void {
  new Counter({
    ...metric,
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}

function level(metric: Described & { aggregator?: 'max' }, read: () => number): void {
  new Gauge({
    ...metric,
    collect() {
      this.set(read());
    },
  });
}
