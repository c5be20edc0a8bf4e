import { type Logger, LoopLoad, type Registry, type Service } from '@awaz/infra/runtime';
import { AdmissionMetrics, type VisitorKind } from './admission-metrics.ts';
import { type KnownListeners, ListenerDoor } from './listener-door.ts';
import { Overload } from './overload.ts';
import { PublisherDoor, type PublisherPlace } from './publisher-door.ts';

/** What one process may carry. */
export type AdmissionLimits = {
  maxListeners: number;
  maxPublishers: number;
  /** Part of its time (0 to 1) that the event loop may be busy before newcomers are refused; 1 turns this off. */
  maxUtilization: number;
};

/** What admission needs. */
export type AdmissionOptions = {
  limits: AdmissionLimits;
  listeners: KnownListeners;
  metrics: Registry;
  logger: Logger;
};

/** How this process takes newcomers, as `/readyz` tells it. */
export type AdmissionState = {
  /** Too busy: better to send everybody elsewhere. */
  busy: boolean;
  /** Kinds of newcomers for whom there is no place. Those who are there are served on. */
  full: VisitorKind[];
};

/** Decides who may come in: listeners and publishers, by number and by how busy the process is. `close` may be repeated. */
export class Admission implements Service {
  readonly listeners: ListenerDoor;
  readonly publishers: PublisherDoor;
  readonly #overload: Overload;
  readonly #load: LoopLoad;
  readonly #metrics: AdmissionMetrics;

  constructor({ limits, listeners, metrics, logger }: AdmissionOptions) {
    this.#overload = new Overload(limits.maxUtilization);
    this.#load = new LoopLoad(metrics, (figures) => {
      if (this.#overload.take(figures)) logger.warn({ ...figures }, this.#told);
    });
    const isBusy = () => this.#overload.isBusy;
    const counting = (kind: VisitorKind) => ({
      onAdmitted: () => this.#metrics.admitted(kind),
      onRefused: (reason: 'full' | 'busy') => this.#metrics.refused(kind, reason),
    });
    this.listeners = new ListenerDoor({
      ...{ max: limits.maxListeners, isBusy, known: listeners },
      ...counting('listener'),
    });
    this.publishers = new PublisherDoor({ max: limits.maxPublishers, isBusy, ...counting('publisher') });
    this.#metrics = new AdmissionMetrics(metrics, {
      taken: (kind) => this.#doorOf(kind).taken,
      limit: (kind) => (kind === 'listener' ? limits.maxListeners : limits.maxPublishers),
      isBusy,
    });
  }

  /** How newcomers are taken now. */
  get state(): AdmissionState {
    const kinds: VisitorKind[] = ['listener', 'publisher'];
    return { busy: this.#overload.isBusy, full: kinds.filter((kind) => this.#doorOf(kind).closedBy === 'full') };
  }

  /** What ingest asks. */
  get ofPublishers(): { place(): PublisherPlace; foundNoSlot(): void } {
    return {
      place: () => this.publishers.place(),
      foundNoSlot: () => this.#metrics.refused('publisher', 'no_slot'),
    };
  }

  /** Measures nothing more. */
  close(): void {
    this.#load.close();
  }

  get #told(): string {
    return this.#overload.isBusy ? 'too busy: newcomers are refused' : 'newcomers are taken again';
  }

  #doorOf(kind: VisitorKind): ListenerDoor | PublisherDoor {
    return kind === 'listener' ? this.listeners : this.publishers;
  }
}
