import cluster from 'node:cluster';
import { type FailProgram, KeptRunning, type Logger, type MetricFigures, type Service } from '@awaz/infra/runtime';
import type { ApiConfig } from '../config.ts';
import { createPoolMetrics } from './pool-metrics.ts';
import { lastingFigures, metricsTextOf } from './worker-figures.ts';
import { WorkerProcess } from './worker-process.ts';

/** How long a worker may take to tell its figures, in ms. */
const FIGURES_WITHIN_MS = 1000;

/** What a pool needs. */
export type WorkerPoolOptions = {
  config: ApiConfig;
  /** The program that each worker runs, a full path. */
  main: string;
  logger: Logger;
  /** Called when a worker ends again and again. */
  fail: FailProgram;
};

/**
 * The primary of several API processes that share one port: it owns the port and hands each new connection to the next
 * worker, and it replaces a worker that ends. `close` lets all of them stop in order and may be called again.
 */
export class WorkerPool implements Service {
  readonly #options: WorkerPoolOptions;
  readonly #kept: KeptRunning[] = [];
  readonly #workers = new Map<number, WorkerProcess>();
  readonly #metrics;
  #port: number | undefined;
  #giveUp: FailProgram;
  /** What workers counted that are gone. */
  #ended: Promise<MetricFigures> = Promise.resolve([]);
  #gathering: Promise<string> | undefined;

  private constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#giveUp = options.fail;
    const { workers } = options.config;
    const listening = () => [...this.#workers.values()].filter(({ isListening }) => isListening).length;
    this.#metrics = createPoolMetrics({ wanted: workers, listening });
  }

  /** Starts all workers; the port opens when all of them are ready for it. Rejects when one cannot start. */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    // The next free worker gets the next connection. Where all wait on one socket instead (SCHED_NONE), whoever wakes first
    // takes what is there, and what it took it keeps: connections live for hours here.
    cluster.schedulingPolicy = cluster.SCHED_RR;
    cluster.setupPrimary({ exec: options.main, args: [], serialization: 'advanced' });
    const pool = new WorkerPool(options);
    try {
      await pool.#begin();
      return pool;
    } catch (error) {
      await pool.close();
      throw error;
    }
  }

  /** The port that all listen on. */
  get port(): number {
    if (this.#port === undefined) throw new Error('No worker listens yet.');
    return this.#port;
  }

  async close(): Promise<void> {
    await Promise.all(this.#kept.map((kept) => kept.close()));
  }

  async #begin(): Promise<void> {
    const { config, logger, fail } = this.#options;
    for (let number = 1; number <= config.workers; number++) {
      const name = `API worker ${number}`;
      const start = async () => this.#fork(number);
      const say = (line: string) => logger.warn({ worker: number }, line);
      this.#kept.push(new KeptRunning({ name, start, say, giveUp: (why) => this.#giveUp(new Error(why)) }));
    }
    const failed = new Promise<never>((_, reject) => {
      this.#giveUp = reject;
    });
    await Promise.race([failed, this.#open()]);
    this.#giveUp = fail;
    for (const kept of this.#kept) kept.trust();
  }

  /** All are prepared first: with the port open earlier, the first one would get everybody who waits for it. */
  async #open(): Promise<void> {
    await Promise.all(this.#kept.map((kept) => kept.begin()));
    const [first, ...others] = [...this.#workers.values()];
    if (first === undefined) throw new Error('No worker was started.');
    await Promise.all([first, ...others].map(({ prepared }) => prepared));
    // One alone, so that a port that cannot be had is reported once.
    first.listen(this.#options.config.port);
    this.#port = await first.listening;
    for (const worker of others) worker.listen(this.#options.config.port);
    await Promise.all(others.map(({ listening }) => listening));
  }

  #fork(number: number): WorkerProcess {
    const worker = new WorkerProcess({ worker: number, config: this.#options.config });
    this.#workers.set(number, worker);
    worker.onMetricsWanted = () => void this.#tellMetrics(worker);
    void worker.exited.then(() => this.#bury(worker));
    if (this.#port !== undefined) {
      this.#metrics.restarted();
      void this.#join(worker, this.#port);
    }
    return worker;
  }

  /** Lets a replacement listen where the others do. */
  async #join(worker: WorkerProcess, port: number): Promise<void> {
    await worker.prepared;
    // Those who asked for any free port share it as long as one of them lives; after that it has to be asked for by number.
    const holder = [...this.#workers.values()].find(({ toldPort }) => toldPort !== undefined);
    worker.listen(holder?.toldPort ?? port);
    // The last holder may have ended in between: the port would be another one.
    if ((await worker.listening) !== port) worker.kill();
  }

  #bury(worker: WorkerProcess): void {
    if (this.#workers.get(worker.number) === worker) this.#workers.delete(worker.number);
    const { figures } = worker;
    if (figures !== undefined) this.#ended = this.#ended.then((ended) => lastingFigures(ended, figures));
  }

  async #tellMetrics(worker: WorkerProcess): Promise<void> {
    this.#gathering ??= this.#gather().finally(() => {
      this.#gathering = undefined;
    });
    try {
      worker.tell({ type: 'metrics', text: await this.#gathering });
    } catch (error) {
      this.#options.logger.error({ err: error }, 'the figures of the workers could not be put together');
    }
  }

  /** Who does not answer in time is shown as it was when it last did. */
  async #gather(): Promise<string> {
    const asked = [...this.#workers.values()].filter(({ isPrepared }) => isPrepared);
    const answered = await Promise.all(asked.map((worker) => worker.askFigures(FIGURES_WITHIN_MS)));
    this.#metrics.silent = answered.filter((isAnswered) => !isAnswered).length;
    const own = await this.#metrics.registry.getMetricsAsJSON();
    // Both at one moment: a worker that ends in between would be counted twice, or not at all.
    const [alive, ended] = [[...this.#workers.values()], this.#ended];
    const told = alive.flatMap(({ number, figures }) => (figures ? [{ worker: String(number), figures }] : []));
    return metricsTextOf([{ worker: 'primary', figures: own }, ...told], await ended);
  }
}
