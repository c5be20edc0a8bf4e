import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { endProcess } from '../binaries/index.ts';
import { childEnv, type Running } from '../runtime/index.ts';

/** Which of our programs is started, and who reads what it prints. */
export type NodeProgramOptions = {
  /** Full path of its main module. */
  main: string;
  args?: readonly string[];
  cwd: string;
  /** Changes to this process's environment. */
  env: Record<string, string | undefined>;
  /** Gets each line it prints. */
  onLine: (line: string, from: 'stdout' | 'stderr') => void;
};

/** A program takes at most ten seconds to stop; then it has lost its chance. In ms. */
const STOP_GRACE_MS = 12_000;

/**
 * Starts one of our own programs as a child that stops by itself when this process is gone (the channel between them
 * ends). It has a process group of its own: Ctrl-C reaches the launcher alone, which stops everything in order.
 */
export function startNodeProgram(options: NodeProgramOptions): Running {
  const child = fork(options.main, [...(options.args ?? [])], {
    cwd: options.cwd,
    env: childEnv(options.env),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
    execArgv: [],
  });
  readLines(child.stdout, (line) => options.onLine(line, 'stdout'));
  readLines(child.stderr, (line) => options.onLine(line, 'stderr'));
  return {
    pid: child.pid ?? -1,
    exited: exitOf(child),
    close: () => endProcess(child, STOP_GRACE_MS),
    kill: () => child.kill('SIGKILL'),
  };
}

function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', onLine);
}

function exitOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started (${error.message})`));
    child.once('exit', (code, signal) =>
      resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
    );
  });
}
