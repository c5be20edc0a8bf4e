import type { Milliseconds } from '../contract/index.ts';
import { pause } from '../runtime/index.ts';
import { until } from '../testkit/index.ts';
import type { ChaosNode } from './chaos-stack.ts';
import type { ProgramSlot } from './program-slot.ts';
import type { Stage } from './stage.ts';

/** Something that goes wrong. */
export type Fault = {
  name: string;
  /** What it does, in one line. */
  summary: string;
  /** Does it, and puts right what a person or a supervisor would: mends the wire, starts a killed program again. */
  run(stage: Stage): Promise<void>;
};

/** After what time a supervisor has a killed program started again, in ms. */
const SUPERVISOR_MS = 1000;

/** How long somebody stops a process, in ms: longer than any lock or watchdog. */
const STOPPED_MS = 8000;

const PAGE_LOADS_MS = 1500;

/** All faults, in the order of the table. */
export const FAULTS: readonly Fault[] = [
  ownerCut(1),
  ownerCut(5),
  ownerCut(30),
  ownerCut(55),
  {
    name: 'page-reload',
    summary: 'the owner loads the page anew: a new container stream of the same broadcast',
    run: ({ owner }) => owner.reload(PAGE_LOADS_MS),
  },
  {
    name: 'ffmpeg-kill',
    summary: 'kill -9 of the encoder',
    run: (stage) => eachEncoder(stage, (pid) => kill(pid, 'SIGKILL')),
  },
  {
    name: 'ffmpeg-stop',
    summary: 'SIGSTOP of the encoder, for good',
    run: (stage) => eachEncoder(stage, (pid) => kill(pid, 'SIGSTOP')),
  },
  {
    name: 'worker-kill',
    summary: 'kill -9 of the worker that carries the broadcast',
    run: (stage) => endWorker(stage, 'SIGKILL'),
  },
  {
    name: 'worker-term',
    summary: 'SIGTERM of the worker that carries the broadcast, as a deploy sends it',
    run: (stage) => endWorker(stage, 'SIGTERM'),
  },
  {
    name: 'worker-stop',
    summary: `SIGSTOP of the worker that carries the broadcast, SIGCONT after ${STOPPED_MS / 1000} s`,
    run: async ({ stack, signal }) => {
      const { worker } = await stack.busyWorker();
      worker.signal('SIGSTOP');
      await pause(STOPPED_MS, signal);
      worker.signal('SIGCONT');
    },
  },
  {
    name: 'api-kill',
    summary: 'kill -9 of the node that owner and listener are connected to',
    run: (stage) => endNode(stage, 'SIGKILL'),
  },
  {
    name: 'api-term',
    summary: 'SIGTERM of the node that owner and listener are connected to',
    run: (stage) => endNode(stage, 'SIGTERM'),
  },
  {
    name: 'redis-restart',
    summary: 'Redis is stopped and started again',
    run: ({ stack }) => stack.redis.restart('SIGTERM'),
  },
  {
    name: 'redis-kill',
    summary: 'kill -9 of Redis, then started again',
    run: ({ stack }) => stack.redis.restart('SIGKILL'),
  },
  {
    name: 'redis-pause',
    summary: 'Redis stands still for 5 s',
    run: async ({ stack, signal }) => {
      stack.redis.signal('SIGSTOP');
      await pause(5000, signal);
      stack.redis.signal('SIGCONT');
    },
  },
];

function ownerCut(seconds: number): Fault {
  return {
    name: `owner-cut-${seconds}s`,
    summary: `the owner's network is away for ${seconds} s`,
    run: async ({ stack, signal }) => {
      for (const { proxy } of stack.nodes) proxy.cut();
      await pause(seconds * 1000, signal);
      for (const { proxy } of stack.nodes) proxy.mend();
    },
  };
}

async function eachEncoder({ stack }: Stage, act: (pid: number) => void): Promise<void> {
  const { encoders } = await stack.busyWorker();
  for (const pid of encoders) act(pid);
}

async function endWorker({ stack, signal }: Stage, how: NodeJS.Signals): Promise<void> {
  const { worker } = await stack.busyWorker();
  await worker.end(how);
  await supervise(worker, signal);
}

async function endNode(stage: Stage, how: NodeJS.Signals): Promise<void> {
  const { stack, owner, follower, signal } = stage;
  const index = Math.max(0, owner.server);
  follower.preferNode(index);
  await until(() => heardSince(stage, Date.now() - 1000), { timeoutMs: 10_000, what: 'the listener listens' });
  const { slot } = stack.nodes[index] as ChaosNode;
  await slot.end(how);
  await supervise(slot, signal);
}

function heardSince({ follower }: Stage, at: Milliseconds): boolean {
  return (follower.parts.at(-1)?.arrivedAt ?? 0) > at;
}

async function supervise(slot: ProgramSlot, signal: AbortSignal): Promise<void> {
  await pause(SUPERVISOR_MS, signal);
  if (!signal.aborted) slot.restart();
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself just now; another one encodes, and the next try of the run will find it.
  }
}
