import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { type Captured, capture, endProcess, spawnGuarded } from '../binaries/index.ts';
import { childEnv, pause } from '../runtime/index.ts';
import { until } from './until.ts';

/** How a program is started by {@link runProgram} and {@link spawnProgram}. */
export type ProgramOptions = {
  /** Working directory; the project's root under Jest when left out. */
  cwd?: string;
  /** Changes to this process's environment; `undefined` takes a variable out. */
  env?: Record<string, string | undefined>;
  /** The whole environment instead (as `env -i` would). */
  onlyEnv?: Record<string, string>;
};

/** Variables of the test runner that must not change how a program behaves. */
const RUNNER_VARIABLES = { NODE_OPTIONS: undefined, NODE_ENV: undefined, JEST_WORKER_ID: undefined };

/** Runs a program to its end; killed after `timeoutMs` (60 s when left out). Never rejects. */
export function runProgram(
  path: string,
  args: readonly string[],
  options: ProgramOptions & { input?: Uint8Array; timeoutMs?: number } = {},
): Promise<Captured & { text: string }> {
  const { input, timeoutMs = 60_000, cwd } = options;
  const how = { env: programEnv(options), timeoutMs, ...(input && { input }), ...(cwd && { cwd }) };
  return capture(path, args, how).then((captured) => ({ ...captured, text: captured.stdout.toString() }));
}

/** How a program ended. */
export type ProgramEnd = { code: number | null; signal: NodeJS.Signals | null };

/** A program that runs beside a test. It cannot outlive the test's process, whatever happens. */
export type TestProgram = {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Standard output so far. */
  stdout(): string;
  /** Standard error so far. */
  stderr(): string;
  /** Settles when it has ended and its output is read. */
  readonly ended: Promise<ProgramEnd>;
  /** Waits until its output (both kinds) matches; fails with the output when it ends before, or after `timeoutMs` (20 s). */
  says(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Sends a signal and waits for the end. */
  end(signal?: NodeJS.Signals): Promise<ProgramEnd>;
  /** Ends it if it still runs: SIGTERM, then SIGKILL; then what is left of its process group. May be called again. */
  close(): Promise<void>;
};

/** Most characters kept of each output; older ones go first. */
const OUTPUT_LIMIT_CHARACTERS = 4_000_000;

/** Starts a program and leaves it running; the test ends it by `close`. */
export function spawnProgram(path: string, args: readonly string[], options: ProgramOptions = {}): TestProgram {
  const child = spawnGuarded(path, args, {
    env: programEnv(options),
    stdin: 'pipe',
    ...(options.cwd && { cwd: options.cwd }),
  });
  const stdout = follow(child.stdout);
  const stderr = follow(child.stderr);
  let end: ProgramEnd | undefined;
  const ended = endOf(child).then((how) => {
    end = how;
    return how;
  });
  const output = () => `${stdout()}\n${stderr()}`;
  const program: TestProgram = {
    child,
    pid: child.pid ?? -1,
    stdout,
    stderr,
    ended,
    says: async (pattern, timeoutMs = 20_000) => {
      const what = `${path} ${args.join(' ')} says ${pattern}`;
      const match = () => pattern.exec(output());
      const found = await until(() => match() ?? end, { timeoutMs, what }).catch((error: unknown) => {
        throw new Error(`${(error as Error).message}; it said:\n${output()}`);
      });
      if (Array.isArray(found)) return found;
      const late = match();
      if (late === null) throw new Error(`${what}: it ended (${JSON.stringify(end)}) and said:\n${output()}`);
      return late;
    },
    end: async (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
    close: async () => {
      child.stdin?.destroy();
      await endProcess(child, 5000);
      endGroup(child.pid);
      await ended;
    },
  };
  return program;
}

/** A grandchild may keep the outputs open; the end is not put off for it by more than this, in ms. */
const OUTPUT_GRACE_MS = 1000;

async function endOf(child: ChildProcess): Promise<ProgramEnd> {
  const closed = once(child, 'close');
  await once(child, 'exit');
  const grace = new AbortController();
  await Promise.race([closed, pause(OUTPUT_GRACE_MS, grace.signal)]);
  grace.abort();
  return { code: child.exitCode, signal: child.signalCode };
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

function programEnv(options: ProgramOptions): Record<string, string> {
  return options.onlyEnv ?? childEnv({ ...RUNNER_VARIABLES, ...options.env });
}

function follow(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (piece: Buffer) => {
    text = (text + piece.toString()).slice(-OUTPUT_LIMIT_CHARACTERS);
  });
  return () => text;
}
