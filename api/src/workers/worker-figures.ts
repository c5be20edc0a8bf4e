import { type MetricFigures, mergeFigures } from '@awaz/infra/runtime';

/** Figures of one process, and what it is called in the label `worker`. */
export type NamedFigures = { worker: string; figures: MetricFigures };

type Metric = MetricFigures[number];

/** Shown for each worker too, beside the sum, under a name of their own. */
const BESIDE_THE_SUM = new Map([
  ['process_cpu_seconds_total', 'awaz_api_worker_cpu_seconds_total'],
  ['process_resident_memory_bytes', 'awaz_api_worker_resident_bytes'],
  ['awaz_http_connections', 'awaz_api_worker_connections'],
  ['awaz_origin_requests_total', 'awaz_api_worker_requests_total'],
]);

/** The same in each process; one value says it. */
const SAME_EVERYWHERE = ['first'];

/** Limits of a process, which prom-client would add up. */
const LIMITS = ['process_max_fds'];

/**
 * The metrics page of several processes: sums, with histograms and labels kept apart. What cannot be added up (start
 * times, delays of event loops, limits) is shown for each process with a label `worker`. `ended` holds what processes
 * counted that are gone, see {@link lastingFigures}.
 */
export function metricsTextOf(processes: readonly NamedFigures[], ended: MetricFigures): Promise<string> {
  return mergeFigures([...processes.map(shownFigures), ended]).metrics();
}

/** What must outlive a process, so that no sum ever falls: counters and histograms of `figures`, added to `before`. */
export function lastingFigures(before: MetricFigures, figures: MetricFigures): Promise<MetricFigures> {
  return mergeFigures([before, figures.filter(isCounted)]).getMetricsAsJSON();
}

function isCounted({ type }: Metric): boolean {
  // prom-client says types by name, though its types know them as numbers.
  return ['counter', 'histogram'].includes(String(type));
}

function shownFigures({ worker, figures }: NamedFigures): MetricFigures {
  return figures.flatMap((metric) => {
    if (!isAdditive(metric)) return [forWorker(metric, worker)];
    const name = BESIDE_THE_SUM.get(metric.name);
    return name === undefined ? [metric] : [metric, { ...forWorker(metric, worker), name }];
  });
}

function isAdditive({ name, aggregator }: Metric): boolean {
  return (aggregator === 'sum' && !LIMITS.includes(name)) || SAME_EVERYWHERE.includes(aggregator);
}

function forWorker(metric: Metric, worker: string): Metric {
  const values = metric.values.map((value) => ({ ...value, labels: { ...value.labels, worker } }));
  return { ...metric, aggregator: 'sum', values };
}
