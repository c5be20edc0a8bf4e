import { pause } from './wait.ts';

/** A process that was started and may end at any time. */
export type Running = {
  pid: number;
  /** Settles when it is gone, with how it ended; never rejects. */
  exited: Promise<string>;
  /** Asks it to stop and waits until it is gone. May be called again. */
  close(): Promise<void>;
  /** Ends it by SIGKILL without waiting. */
  kill(): unknown;
};

/** What is kept running, and how patiently. */
export type KeptRunningOptions = {
  /** For messages. */
  name: string;
  /** Starts it once more. */
  start: () => Promise<Running>;
  /** Tells a person what happened. */
  say: (line: string) => void;
  /** Called once when it cannot be kept running; nothing is started after that. Without it there is no giving up. */
  giveUp?: (why: string) => void;
};

/** Ends within this time count as one crash loop, in ms. */
const LOOP_WINDOW_MS = 30_000;
/** Ends within the window that are too many. */
const LOOP_LIMIT = 5;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 15_000;

/** Owner of one process that is started again, after growing pauses, whenever it ends. */
export class KeptRunning {
  readonly #options: KeptRunningOptions;
  readonly #stop = new AbortController();
  #current: Running | undefined;
  #loop: Promise<void> | undefined;
  #trusted = false;
  #ends: number[] = [];

  constructor(options: KeptRunningOptions) {
    this.#options = options;
  }

  /** Starts it. Rejects when that fails at once. */
  async begin(): Promise<void> {
    this.#current = await this.#options.start();
    this.#loop = this.#keep();
  }

  /** From now on an end is an accident, to be repaired; before, it meant that it could not start. */
  trust(): void {
    this.#trusted = true;
  }

  /** Stops it for good. May be called again. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#current?.close();
    await this.#loop;
  }

  /** Ends it by SIGKILL, for good. */
  kill(): void {
    this.#stop.abort();
    this.#current?.kill();
  }

  async #keep(): Promise<void> {
    const { name, say, giveUp } = this.#options;
    while (this.#current !== undefined) {
      const how = await this.#current.exited;
      if (this.#stop.signal.aborted) return;
      if (!this.#trusted && giveUp !== undefined) return giveUp(`${name} could not start: it ${how}.`);
      const ends = this.#countEnd();
      if (giveUp !== undefined && ends >= LOOP_LIMIT) {
        return giveUp(`${name} ended ${ends} times within ${LOOP_WINDOW_MS / 1000} s; the last time it ${how}.`);
      }
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (ends - 1), LONGEST_PAUSE_MS);
      say(`${name} ${how}; it is started again in ${pauseMs} ms`);
      await pause(pauseMs, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      this.#current = await this.#restart();
    }
  }

  async #restart(): Promise<Running> {
    try {
      const next = await this.#options.start();
      if (this.#stop.signal.aborted) await next.close();
      return next;
    } catch (error) {
      const how = `could not be started (${(error as Error).message})`;
      return { pid: -1, exited: Promise.resolve(how), close: async () => undefined, kill: () => undefined };
    }
  }

  #countEnd(): number {
    const now = Date.now();
    this.#ends = [...this.#ends.filter((time) => now - time < LOOP_WINDOW_MS), now];
    return this.#ends.length;
  }
}
