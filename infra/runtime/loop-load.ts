import { type EventLoopUtilization, type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { Gauge, type Registry } from './metrics.ts';

/** Time between two looks, in ms. */
const SAMPLE_MS = 1000;

/** Looks that one figure is the mean of. */
const WINDOW_SAMPLES = 5;

/** How often the delay of the event loop is measured, in ms; part of each figure, so it is taken off. */
const DELAY_RESOLUTION_MS = 20;

/** How busy an event loop was in some span. */
export type LoopFigures = {
  /** Part of the time in which it ran code (0 to 1); waiting for a core while it had something to do counts. */
  utilization: number;
  /** How much later than planned a timer fired, in ms, on average. */
  lagMs: number;
};

/** Nothing is known yet, or nothing happened. */
export const IDLE_LOOP: LoopFigures = { utilization: 0, lagMs: 0 };

/** The mean of the last {@link WINDOW_SAMPLES} samples. Until there are as many, the missing ones count as idle. */
export class LoopWindow {
  readonly #samples: LoopFigures[] = Array.from({ length: WINDOW_SAMPLES }, () => IDLE_LOOP);

  /** Takes the newest sample; the oldest is forgotten. */
  take(sample: LoopFigures): void {
    this.#samples.shift();
    this.#samples.push(sample);
  }

  /** The mean. */
  get mean(): LoopFigures {
    const mean = (read: (sample: LoopFigures) => number) =>
      this.#samples.reduce((sum, sample) => sum + read(sample), 0) / this.#samples.length;
    return { utilization: mean((sample) => sample.utilization), lagMs: mean((sample) => sample.lagMs) };
  }
}

/**
 * Measures how busy this process's event loop is: means over the last 5 s, new each second. Shown on the metrics page as
 * `awaz_event_loop_utilization` and `awaz_event_loop_lag_seconds`. `close` may be repeated.
 */
export class LoopLoad {
  readonly #window = new LoopWindow();
  readonly #delay: IntervalHistogram;
  readonly #timer: NodeJS.Timeout;
  readonly #onFigures: (figures: LoopFigures) => void;
  #before: EventLoopUtilization;

  /** `onFigures` is called with each new mean; it must not throw. */
  constructor(metrics: Registry, onFigures: (figures: LoopFigures) => void = () => undefined) {
    this.#onFigures = onFigures;
    this.#before = performance.eventLoopUtilization();
    this.#delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
    this.#delay.enable();
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS).unref();
    this.#show(metrics);
  }

  /** Means over the last 5 s. */
  get figures(): LoopFigures {
    return this.#window.mean;
  }

  /** Measures nothing more. */
  close(): void {
    clearInterval(this.#timer);
    this.#delay.disable();
  }

  #sample(): void {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#before);
    this.#before = now;
    const meanMs = this.#delay.count === 0 ? DELAY_RESOLUTION_MS : this.#delay.mean / 1e6;
    this.#delay.reset();
    this.#window.take({ utilization, lagMs: Math.max(0, meanMs - DELAY_RESOLUTION_MS) });
    this.#onFigures(this.figures);
  }

  #show(metrics: Registry): void {
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        // Of several processes the one that is worst off is worth seeing; each is shown apart.
        aggregator: 'max',
        registers: [metrics],
        collect() {
          this.set(read());
        },
      });
    gauge('awaz_event_loop_utilization', 'Part of the last 5 s in which the event loop was busy', () => {
      return this.figures.utilization;
    });
    gauge('awaz_event_loop_lag_seconds', 'Mean delay of the event loop over the last 5 s', () => {
      return this.figures.lagMs / 1000;
    });
  }
}
