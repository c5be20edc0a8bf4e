import { Counter, createRegistry, Gauge, type Registry } from '@awaz/infra/runtime';

/** Where the figures of a pool are read from. */
export type PoolFigures = {
  /** Workers there should be. */
  wanted: number;
  /** Workers that take connections. */
  listening: () => number;
};

/** Figures of the primary itself and of its pool. */
export type PoolMetrics = {
  readonly registry: Registry;
  /** Workers that did not tell their figures in time, the last time they were asked. */
  silent: number;
  /** Counts a worker that replaced another one. */
  restarted(): void;
};

/** Makes the primary's registry. */
export function createPoolMetrics({ wanted, listening }: PoolFigures): PoolMetrics {
  const registry = createRegistry('api');
  const registers = [registry];
  const restarts = new Counter({
    name: 'awaz_api_worker_restarts_total',
    help: 'Workers that replaced one that ended',
    registers,
  });
  const metrics: PoolMetrics = { registry, silent: 0, restarted: () => restarts.inc() };
  const level = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  level('awaz_api_workers', 'Workers that take connections', listening);
  level('awaz_api_workers_wanted', 'Workers there should be (ORIGIN_WORKERS)', () => wanted);
  level(
    'awaz_api_workers_silent',
    'Workers that did not tell their figures in time; those they told last are shown',
    () => metrics.silent,
  );
  return metrics;
}
