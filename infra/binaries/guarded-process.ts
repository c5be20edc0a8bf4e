import { type ChildProcess, spawn } from 'node:child_process';

/** How a guarded program is started. */
export type GuardedOptions = {
  /** Working directory; the caller's own when left out. */
  cwd?: string;
  /** The whole environment of the child. */
  env: Record<string, string>;
  /** What its standard input is. */
  stdin: 'pipe' | 'ignore';
};

/**
 * Waits until the pipe on descriptor 3 ends, which it does when the parent lets go of it or dies in any way, and then
 * ends the program that takes over this shell's process id.
 */
const GUARD_SCRIPT = `
{
  read _ <&3
  kill -TERM $$ || exit 0
  tries=0
  while [ $tries -lt 10 ]; do sleep 1; kill -0 $$ || exit 0; tries=$((tries + 1)); done
  kill -KILL $$
} >/dev/null 2>&1 &
exec "$@" 3<&-
`;

/**
 * Starts a program that cannot outlive this process: even after a `kill -9` of this one it gets SIGTERM at once and
 * SIGKILL ten seconds later. It has a process group of its own, so that Ctrl-C in a terminal does not reach it. Its
 * standard output and error are pipes that the caller has to read.
 */
export function spawnGuarded(path: string, args: readonly string[], options: GuardedOptions): ChildProcess {
  const child = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'guard', path, ...args], {
    cwd: options.cwd,
    env: options.env,
    stdio: [options.stdin, 'pipe', 'pipe', 'pipe'],
    detached: true,
  });
  const lifeline = child.stdio[3];
  lifeline?.on('error', () => undefined);
  child.once('exit', () => lifeline?.destroy());
  return child;
}

/** Time between SIGTERM and SIGKILL when a program is asked to end, in ms. */
const TERM_GRACE_MS = 8_000;

/** Ends a child: SIGTERM, then SIGKILL when it does not react. Settles when it is gone; may be called again. */
export function endProcess(child: ChildProcess, graceMs: number = TERM_GRACE_MS): Promise<void> {
  return new Promise((resolve) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resolve();
    const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
