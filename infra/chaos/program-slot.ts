import { spawnProgram, type TestProgram } from '../testkit/index.ts';

/** How the program of a {@link ProgramSlot} is started, each time anew. */
export type SlotOptions = { name: string; path: string; cwd: string; env: Record<string, string | undefined> };

/** The place of one program that is killed and started again; at most one process lives in it. */
export class ProgramSlot {
  readonly name: string;
  readonly #options: SlotOptions;
  #program: TestProgram;
  #earlierLogs = '';

  constructor(options: SlotOptions) {
    this.name = options.name;
    this.#options = options;
    this.#program = this.#spawn();
  }

  /** Process id of the program that lives now, or lived last. */
  get pid(): number {
    return this.#program.pid;
  }

  /** Whether it runs (a stopped one does). */
  get isRunning(): boolean {
    return this.#program.child.exitCode === null && this.#program.child.signalCode === null;
  }

  /** What its programs logged so far. */
  logs(): string {
    return `${this.#earlierLogs}${this.#program.stdout()}${this.#program.stderr()}`;
  }

  /** Sends a signal without waiting. */
  signal(signal: NodeJS.Signals): void {
    this.#program.child.kill(signal);
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<void> {
    await this.#program.end(signal);
  }

  /** Starts the program again when it has ended. */
  restart(): void {
    if (this.isRunning) return;
    this.#earlierLogs = this.logs();
    this.#program = this.#spawn();
  }

  /** Ends it. May be called again. */
  async close(): Promise<void> {
    if (this.isRunning) this.#program.child.kill('SIGCONT'); // a stopped program does not hear SIGTERM
    await this.#program.close();
  }

  #spawn(): TestProgram {
    const { path, cwd, env } = this.#options;
    return spawnProgram(process.execPath, [path], { cwd, env });
  }
}
