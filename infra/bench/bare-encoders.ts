import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { coresUsed, readTree, type TreeUsage } from './process-tree.ts';

/** ffmpegs on their own, started by a command line that was seen on a transcoder. `close` may be called again. */
export class BareEncoders {
  readonly #children: ChildProcess[];

  /** Starts `count` of them; ADTS is written to descriptors from 3 on and thrown away. */
  constructor(commandLine: readonly string[], count: number) {
    const [program = '', ...args] = commandLine;
    const outputs = args.filter((arg) => /^pipe:[3-9]$/.test(arg)).map(() => 'pipe' as const);
    this.#children = Array.from({ length: count }, () => {
      const child = spawn(program, args, { stdio: ['pipe', 'ignore', 'inherit', ...outputs] });
      child.stdin?.on('error', () => undefined); // its end is seen by what follows
      for (const output of child.stdio.slice(3)) (output as Readable).resume();
      return child;
    });
  }

  /** One sink for each. */
  get sinks(): ((chunk: Buffer) => void)[] {
    return this.#children.map((child) => (chunk) => void child.stdin?.write(chunk));
  }

  /** One look at each. Rejects when one is gone. */
  look(): Promise<TreeUsage[]> {
    return Promise.all(this.#children.map((child) => readTree(child.pid ?? -1)));
  }

  /** Ends them and settles when they are gone. */
  async close(): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGKILL');
        await once(child, 'exit');
      }),
    );
  }
}

/** CPU of several programs together between two looks, as a share of one core. */
export function coresOfAll(before: readonly TreeUsage[], after: readonly TreeUsage[]): number {
  return after.reduce((sum, usage, i) => sum + coresUsed(before[i] ?? usage, usage), 0);
}
