import { AwazError } from '@awaz/infra/contract';
import type { Registry } from '@awaz/infra/runtime';
import type { MetricsText } from '../http/health-router.ts';
import type { SharedPort } from '../server.ts';
import type { Assignment, ToPrimary, ToWorker } from './worker-messages.ts';

/** How long the primary may take to collect the figures of all workers, in ms; it waits 1 s for each of them. */
const METRICS_WITHIN_MS = 3000;

/** A worker's line to its primary. When it breaks, because the primary is gone, `node:cluster` ends the worker. */
export class PrimaryLink implements SharedPort {
  /** What this worker is; settles with the primary's first message. */
  readonly assignment: Promise<Assignment>;
  readonly #port: Promise<number>;
  #assign: (assignment: Assignment) => void = () => undefined;
  #listen: (port: number) => void = () => undefined;
  #tellText: (text: string) => void = () => undefined;
  #asked: Promise<string> | undefined;
  #own: Registry | undefined;

  constructor() {
    this.assignment = new Promise((resolve) => {
      this.#assign = resolve;
    });
    this.#port = new Promise((resolve) => {
      this.#listen = resolve;
    });
    process.on('message', (message: ToWorker) => this.#take(message));
    tell({ type: 'assignment_wanted' });
  }

  turn(): Promise<number> {
    tell({ type: 'prepared' });
    return this.#port;
  }

  share(own: Registry): MetricsText {
    this.#own = own;
    return { contentType: own.contentType, metrics: () => this.#metrics() };
  }

  #take(message: ToWorker): void {
    if (message.type === 'assignment') this.#assign(message);
    else if (message.type === 'listen') this.#listen(message.port);
    else if (message.type === 'metrics') this.#tellText(message.text);
    else if (this.#own !== undefined) void this.#tellFigures(this.#own);
  }

  async #tellFigures(own: Registry): Promise<void> {
    tell({ type: 'figures', figures: await own.getMetricsAsJSON() });
  }

  /** All who ask while an answer is under way get the same one. */
  #metrics(): Promise<string> {
    this.#asked ??= this.#ask().finally(() => {
      this.#asked = undefined;
    });
    return this.#asked;
  }

  #ask(): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new AwazError('unavailable', 'The primary process did not tell the figures of all workers in time.'));
      }, METRICS_WITHIN_MS);
      this.#tellText = (text) => {
        clearTimeout(timer);
        resolve(text);
      };
      tell({ type: 'metrics_wanted' });
    });
  }
}

/** A message that finds no primary any more is lost with this process. */
function tell(message: ToPrimary): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
