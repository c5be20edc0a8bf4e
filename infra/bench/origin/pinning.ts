import { cpus } from 'node:os';
import { capture, findOnPath } from '../../binaries/index.ts';

/** Core of the server that is measured. */
export const SERVER_CORE = 0;

/** Core of everything else: generator, feeder, Redis. */
export const LOAD_CORE = 1;

/** Throws when programs cannot be given cores of their own here. */
export function assertPinnable(): void {
  if (cpus().length < 2) throw new Error('Server and load need a core each; this machine has one.');
  if (findOnPath('taskset').length === 0) throw new Error('taskset was not found. On Debian: apt install util-linux.');
}

/** A command line that runs a program on these cores (`0`, or `0,1`) only. */
export function pinned(
  cores: number | string,
  path: string,
  args: readonly string[],
): { path: string; args: string[] } {
  return { path: 'taskset', args: ['-c', String(cores), path, ...args] };
}

/** Moves running processes with all of their threads to one core; what they start later stays there too. */
export async function moveTo(core: number, pids: readonly number[]): Promise<void> {
  for (const pid of pids) {
    const { code, stderr } = await capture('taskset', ['-a', '-c', '-p', String(core), String(pid)]);
    if (code !== 0) throw new Error(`Process ${pid} could not be moved to core ${core}: ${stderr}`);
  }
}
