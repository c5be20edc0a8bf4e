import { fileURLToPath } from 'node:url';
import { spawnProgram, type TestProgram } from '../../testkit/index.ts';
import { LOAD_CORE, pinned } from '../origin/pinning.ts';
import type { FanoutOrder, FanoutPlan, FanoutResult } from './fanout-plan.ts';

/** How long clients may take to come, write and get what they missed, in ms. */
const WITHIN_MS = 480_000;

/** The running process of clients. `close` ends it and may be called again. */
export type FanoutClients = {
  /** Settles once all are in the room. */
  readonly joined: Promise<unknown>;
  /** Settles once messages count. */
  readonly begun: Promise<unknown>;
  /** What they saw; rejects with what the process said when it fails. */
  readonly result: Promise<FanoutResult>;
  order(order: FanoutOrder): void;
  close(): Promise<void>;
};

/** Starts all clients in one process of their own, on the core that the servers leave free. */
export function startClients(plan: FanoutPlan): FanoutClients {
  const main = fileURLToPath(new URL('clients-main.js', import.meta.url));
  const { path, args } = pinned(LOAD_CORE, process.execPath, [main, JSON.stringify(plan)]);
  const program: TestProgram = spawnProgram(path, args);
  const result = program.says(/^\{.*\}$/m, WITHIN_MS).then(([line]) => JSON.parse(line) as FanoutResult);
  const [joined, begun] = [program.says(/^joined$/m, WITHIN_MS), program.says(/^begin$/m, WITHIN_MS)];
  for (const waits of [joined, begun, result]) waits.catch(() => undefined); // whoever waits for one of them learns it
  return {
    ...{ joined, begun, result },
    order: (order) => void program.child.stdin?.write(`${JSON.stringify(order)}\n`),
    close: () => program.close(),
  };
}
