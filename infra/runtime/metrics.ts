import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export { Counter, Gauge, Histogram, Registry };

/**
 * A registry with the process's own figures (`process_…`, `nodejs_…`); one per program. Where several processes show one
 * page, metrics are added up. `aggregator: 'first'` is for what all of them read from the same place and say alike; any other
 * than `sum` for what can only be shown for each process apart.
 */
export function createRegistry(program: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ program });
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** All that a registry knows at one moment, as plain values: they can be sent to another process. */
export type MetricFigures = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/**
 * Figures of several processes as one registry: values with the same name and labels are added up, or joined as each
 * metric's own `aggregator` says. The registry is a picture of that moment and counts nothing.
 */
export function mergeFigures(figures: readonly MetricFigures[]): Registry {
  return AggregatorRegistry.aggregate([...figures]);
}
