import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { pause } from '../runtime/index.ts';

/** A process as it can be recognised later: its id alone is given to another one after its end. */
export type ProcessIdentity = {
  pid: number;
  /** When it was started, in a form of this system; the same pid with another value is another process. */
  started: string;
};

/** The identity of a living process, or undefined when there is none with that id. */
export function identify(pid: number): ProcessIdentity | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedElsewhere(pid);
  return started === undefined ? undefined : { pid, started };
}

/** Whether that very process is alive. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}

/** Ends a process that is no child of this one: SIGTERM, then SIGKILL after `graceMs`. Settles when it is gone. */
export async function endStranger(stranger: ProcessIdentity, graceMs: number): Promise<void> {
  const deadline = Date.now() + graceMs;
  for (let signal: NodeJS.Signals = 'SIGTERM'; isAlive(stranger); ) {
    try {
      process.kill(stranger.pid, signal);
    } catch {
      return;
    }
    while (isAlive(stranger) && (Date.now() < deadline || signal === 'SIGKILL')) await pause(20);
    signal = 'SIGKILL';
  }
}

function startedOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything; the state follows it, the time of start is the 20th field after that.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

function startedElsewhere(pid: number): string | undefined {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}
