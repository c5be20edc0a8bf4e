import { Counter, Gauge, type Registry } from '@awaz/infra/runtime';
import type { RefusalReason } from './listener-door.ts';

/** Who wants to come in. */
export type VisitorKind = 'listener' | 'publisher';

/** What is read when somebody looks at the metrics. */
export type AdmissionGauges = {
  taken(kind: VisitorKind): number;
  limit(kind: VisitorKind): number;
  isBusy(): boolean;
};

const KINDS: readonly VisitorKind[] = ['listener', 'publisher'];

/** Figures of admission. */
export class AdmissionMetrics {
  readonly #admitted: Counter<'kind'>;
  readonly #refused: Counter<'kind' | 'reason'>;

  constructor(registry: Registry, gauges: AdmissionGauges) {
    const registers = [registry];
    this.#admitted = new Counter({
      name: 'awaz_admission_admitted_total',
      help: 'Newcomers that were let in',
      labelNames: ['kind'],
      registers,
    });
    this.#refused = new Counter({
      name: 'awaz_admission_refused_total',
      help: 'Newcomers that were told server_full, by reason',
      labelNames: ['kind', 'reason'],
      registers,
    });
    const level = (name: string, help: string, read: (kind: VisitorKind) => number) =>
      new Gauge({
        ...{ name, help, labelNames: ['kind'], registers },
        collect() {
          for (const kind of KINDS) this.set({ kind }, read(kind));
        },
      });
    level('awaz_admission_taken', 'Listeners and publishers of this node, with those on their way in', gauges.taken);
    level('awaz_admission_limit', 'Most listeners and publishers of this node', gauges.limit);
    new Gauge({
      name: 'awaz_admission_busy',
      help: 'Processes that are too busy for newcomers',
      registers,
      collect() {
        this.set(gauges.isBusy() ? 1 : 0);
      },
    });
  }

  /** Counts somebody who was let in. */
  admitted(kind: VisitorKind): void {
    this.#admitted.inc({ kind });
  }

  /** Counts somebody who was refused. */
  refused(kind: VisitorKind, reason: RefusalReason | 'no_slot'): void {
    this.#refused.inc({ kind, reason });
  }
}
