// @ts-check
import { spawn } from 'node:child_process';
import { SetUpFault } from './set-up-fault.mjs';

/**
 * Waits until the pipe on descriptor 3 ends, which it does when this process dies in any way, and then ends the tool:
 * an install that goes on alone would meet the one of the next start.
 */
const GUARD_SCRIPT = `
{
  read _ <&3
  kill -TERM $$ || exit 0
  tries=0
  while [ $tries -lt 5 ]; do sleep 1; kill -0 $$ || exit 0; tries=$((tries + 1)); done
  kill -KILL $$
} >/dev/null 2>&1 &
exec "$@" 3<&-
`;

/** Characters of a tool's output that are kept; older ones go first. */
const KEPT_CHARACTERS = 400_000;

/** How often it is looked whether a tool is overdue, in ms. */
const OVERDUE_CHECK_MS = 500;

/**
 * @typedef {object} ToolOptions
 * @property {string} cwd
 * @property {NodeJS.ProcessEnv} [env] this process's own when left out
 * @property {number} timeoutMs it is ended when it takes longer
 * @property {() => boolean} [overdue] ends it early as soon as this is true
 * @property {boolean} [show] whether it prints to this process's own outputs; otherwise its output is kept
 */

/**
 * Runs a tool to its end. It is told of Ctrl-C and SIGTERM, and ended when this process dies.
 * @param {string[]} command program and arguments
 * @param {ToolOptions} options
 * @returns {Promise<{ code: number | null, output: string, cut: 'timeout' | 'overdue' | undefined }>}
 */
export function runTool(command, { cwd, env = process.env, timeoutMs, overdue, show = false }) {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'guard', ...command], {
      ...{ cwd, env, detached: true },
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (/** @type {Buffer} */ piece) => {
        output = (output + piece.toString()).slice(-KEPT_CHARACTERS);
      });
    }
    /** @type {'timeout' | 'overdue' | undefined} */
    let cut;
    const since = Date.now();
    const watch = setInterval(() => {
      if (Date.now() - since > timeoutMs) cut = 'timeout';
      else if (overdue?.()) cut = 'overdue';
      if (cut !== undefined) endGroup(child.pid, 'SIGKILL');
    }, OVERDUE_CHECK_MS);
    /** @type {NodeJS.Signals | undefined} */
    let stopped;
    const stop = (/** @type {NodeJS.Signals} */ signal) => {
      endGroup(child.pid, stopped === undefined ? 'SIGTERM' : 'SIGKILL');
      stopped = signal;
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
    const lifeline = child.stdio[3];
    lifeline?.on('error', () => undefined);
    child.once('exit', () => lifeline?.destroy());
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(watch);
      process.off('SIGINT', stop).off('SIGTERM', stop);
      if (stopped !== undefined) reject(new SetUpFault('Stopped.', stopped === 'SIGINT' ? 130 : 143));
      else resolve({ code, output, cut });
    });
  });
}

/**
 * The end of an output, for an error message.
 * @param {string} output
 * @param {number} lines
 */
export function lastLines(output, lines) {
  return output.trimEnd().split('\n').slice(-lines).join('\n');
}

/**
 * @param {number | undefined} pid
 * @param {NodeJS.Signals} signal
 */
function endGroup(pid, signal) {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
