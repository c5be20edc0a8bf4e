import { readFileSync } from 'node:fs';

/** Kernel clock ticks per second; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** CPU seconds (user and system) a process has used; undefined when it is gone or the system has no /proc. */
export function cpuSecondsOf(pid: number): number | undefined {
  try {
    // Made by the kernel in memory: four trips to a thread would cost more than the wait.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return undefined;
  }
}

/** CPU seconds that one second of audio may cost in the long run; a ladder of three takes 0.05. */
const MAX_CPU_PER_AUDIO_SECOND = 0.5;

/** CPU seconds a run may use beyond that: starting, and bursts. */
const CPU_ALLOWANCE_SECONDS = 5;

/** Part of both from which on a run has to wait for all others: nothing that is as it should be comes near. */
const SUSPECT_SHARE = 0.3;

/** Whether a run uses so much CPU that it may be on its way to spin. */
export function isSuspect({ cpuSeconds, audioSeconds }: { cpuSeconds: number; audioSeconds: number }): boolean {
  return cpuSeconds > (CPU_ALLOWANCE_SECONDS + audioSeconds * MAX_CPU_PER_AUDIO_SECOND) * SUSPECT_SHARE;
}

/** Whether a run uses more CPU than its audio explains. RLIMIT_CPU would not do: it ends long shows. */
export function spins(usage: { cpuSeconds: number; audioSeconds: number }): boolean {
  return usage.cpuSeconds > CPU_ALLOWANCE_SECONDS + usage.audioSeconds * MAX_CPU_PER_AUDIO_SECOND;
}
