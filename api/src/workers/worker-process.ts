import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { endProcess } from '@awaz/infra/binaries';
import { type MetricFigures, pause, type Running } from '@awaz/infra/runtime';
import type { Assignment, ToPrimary, ToWorker } from './worker-messages.ts';

/** Time between SIGTERM and SIGKILL, in ms: a little less than the whole program has to stop. */
const STOP_GRACE_MS = 9000;

/** One worker as its primary sees it, from its start to its end. It cannot outlive the primary. */
export class WorkerProcess implements Running {
  readonly number: number;
  readonly pid: number;
  readonly exited: Promise<string>;
  /** Settles when it is ready to listen; never when it ends before. */
  readonly prepared: Promise<void>;
  /** Settles with the port when it listens; never when it ends before. */
  readonly listening: Promise<number>;
  /** Called when it wants the figures of all workers. */
  onMetricsWanted: () => void = () => undefined;
  readonly #assignment: Assignment;
  readonly #worker: Worker;
  #port: number | undefined;
  #figures: MetricFigures | undefined;
  #isPrepared = false;
  #isListening = false;
  #prepare: () => void = () => undefined;
  #listened: (port: number) => void = () => undefined;
  #answered: () => void = () => undefined;

  /** Starts it. `cluster.setupPrimary` has said which program it is. */
  constructor(assignment: Assignment) {
    this.#assignment = assignment;
    this.number = assignment.worker;
    this.#worker = cluster.fork();
    this.pid = this.#worker.process.pid ?? -1;
    this.exited = exitOf(this.#worker);
    this.prepared = new Promise((resolve) => {
      this.#prepare = resolve;
    });
    this.listening = new Promise((resolve) => {
      this.#listened = resolve;
    });
    this.#worker.on('message', (message: ToPrimary) => this.#take(message));
    // A message to a worker that is on its way out finds nobody; its end is told by `exited`.
    this.#worker.on('error', () => undefined);
  }

  /** Whether it has said that it is ready to listen. */
  get isPrepared(): boolean {
    return this.#isPrepared;
  }

  /** Whether it takes connections. */
  get isListening(): boolean {
    return this.#isListening;
  }

  /** The port that it was told to listen on (0: any free one); undefined before its turn. */
  get toldPort(): number | undefined {
    return this.#port;
  }

  /** The figures that it told last. */
  get figures(): MetricFigures | undefined {
    return this.#figures;
  }

  /** Sends it a message, if it can still be reached. */
  tell(message: ToWorker): void {
    if (this.#worker.isConnected()) this.#worker.send(message, undefined, () => undefined);
  }

  /** Gives it its turn to listen. */
  listen(port: number): void {
    this.#port = port;
    this.tell({ type: 'listen', port });
  }

  /** Asks for its figures; false when they did not come in time. */
  async askFigures(withinMs: number): Promise<boolean> {
    const late = new AbortController();
    let isAnswered = false;
    const answer = new Promise<void>((resolve) => {
      this.#answered = () => {
        isAnswered = true;
        resolve();
      };
    });
    this.tell({ type: 'figures_wanted' });
    await Promise.race([answer, this.exited, pause(withinMs, late.signal)]);
    late.abort();
    return isAnswered;
  }

  /** Lets it finish what it has; one whose turn to listen has not come has nothing. */
  close(): Promise<void> {
    if (this.#port === undefined) this.kill();
    return endProcess(this.#worker.process, STOP_GRACE_MS);
  }

  kill(): void {
    this.#worker.process.kill('SIGKILL');
  }

  #take(message: ToPrimary): void {
    if (message.type === 'assignment_wanted') {
      this.tell({ type: 'assignment', ...this.#assignment });
    } else if (message.type === 'prepared') {
      this.#isPrepared = true;
      this.#prepare();
    } else if (message.type === 'listening') {
      this.#isListening = true;
      this.#listened(message.port);
    } else if (message.type === 'figures') {
      this.#figures = message.figures;
      this.#answered();
    } else this.onMetricsWanted();
  }
}

async function exitOf(worker: Worker): Promise<string> {
  try {
    const [code, signal] = await once(worker.process, 'exit');
    return signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
  } catch (error) {
    return `could not be started (${(error as Error).message})`;
  }
}
