import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

/** The least that the scheduler knows: what is left when nobody else wants the core. */
const LEAST_PRIORITY = 19;

/**
 * Gives a process, with all its threads, the lowest priority; for good, as only root could raise it again. False when it
 * is gone or the system does not allow it.
 */
export function lowerPriority(pid: number): boolean {
  try {
    // The kernel has a priority for each thread.
    for (const thread of threadsOf(pid)) setPriority(thread, LEAST_PRIORITY);
    return true;
  } catch {
    return false;
  }
}

function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [pid]; // a system without /proc
  }
}
