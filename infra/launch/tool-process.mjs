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

/**
 * Runs a tool to its end and keeps what it prints.
 * @param {string[]} command program and arguments
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, timeoutMs: number, onLine?: (line: string) => void }} options
 * @returns {Promise<{ code: number | null, output: string, timedOut: boolean }>}
 */
export function runTool(command, { cwd, env = process.env, timeoutMs, onLine }) {
  return new Promise((resolve, reject) => {
    const stdio = /** @type {import('node:child_process').StdioOptions} */ (['ignore', 'pipe', 'pipe', 'pipe']);
    const child = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'guard', ...command], { cwd, env, stdio, detached: true });
    let output = '';
    let timedOut = false;
    /** @type {NodeJS.Signals | undefined} */
    let stopped;
    const keep = lineReader((text) => {
      output = (output + text).slice(-KEPT_CHARACTERS);
    }, onLine);
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', keep);
    const lifeline = child.stdio[3];
    lifeline?.on('error', () => undefined);
    const timer = setTimeout(() => {
      timedOut = true;
      endGroup(child.pid, 'SIGKILL');
    }, timeoutMs);
    /** @param {NodeJS.Signals} signal */
    const stop = (signal) => {
      endGroup(child.pid, stopped === undefined ? 'SIGTERM' : 'SIGKILL');
      stopped = signal;
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
    child.once('exit', () => lifeline?.destroy());
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      process.off('SIGINT', stop).off('SIGTERM', stop);
      if (stopped !== undefined) reject(new SetUpFault('Stopped.', stopped === 'SIGINT' ? 130 : 143));
      else resolve({ code, output, timedOut });
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
 * @param {(text: string) => void} onText
 * @param {((line: string) => void) | undefined} onLine
 */
function lineReader(onText, onLine) {
  let rest = '';
  return (/** @type {Buffer} */ piece) => {
    const text = piece.toString();
    onText(text);
    if (onLine === undefined) return;
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
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
