import { commands } from '../bench/process-tree.ts';
import { freePort } from '../e2e/free-port.ts';
import { addStationBy, builtProgram, OWN_SETTINGS, runStation, type StackStation } from '../e2e/stack.ts';
import { startTcpProxy, type TcpProxy } from '../e2e/tcp-proxy.ts';
import { ReleaseStack } from '../runtime/index.ts';
import { tempDir, until } from '../testkit/index.ts';
import { type ChaosRedis, startChaosRedis } from './chaos-redis.ts';
import { ProgramSlot } from './program-slot.ts';

/** How many of each there are. */
export type ChaosStackOptions = {
  apis?: number;
  workers?: number;
  /** Further variables for all programs. */
  env?: Record<string, string>;
};

/** An API node, as listeners reach it and as the owner does. */
export type ChaosNode = { url: string; slot: ProgramSlot; proxy: TcpProxy; ownerUrl: string };

/** The real programs on a Redis of their own, each of which can be killed and started again. */
export type ChaosStack = {
  readonly redis: ChaosRedis;
  readonly nodes: readonly ChaosNode[];
  readonly workers: readonly ProgramSlot[];
  /** Adds a station as an owner would on the command line. */
  addStation(slug: string): Promise<StackStation>;
  /** The worker that encodes now, with the process ids of its encoders. Rejects when none does for 20 s. */
  busyWorker(): Promise<{ worker: ProgramSlot; encoders: number[] }>;
  /** Whether all programs live and all nodes can take a broadcast. */
  isReady(): Promise<boolean>;
  /** What all programs logged so far. */
  logs(): string;
  /** Ends all programs and removes their files. May be called again. */
  close(): Promise<void>;
};

/** How long the programs may take until `/readyz` answers 200, in ms. */
const READY_MS = 45_000;

/** A node that does not answer within this time is not ready, in ms. */
const ANSWER_MS = 1500;

/** One rung is enough: what is lost is lost in all of them. */
const LADDER = '64k';

/** Starts Redis, API nodes and transcoders and waits until they can go on air. Rejects with their logs. */
export async function startChaosStack(options: ChaosStackOptions = {}): Promise<ChaosStack> {
  const releases = new ReleaseStack();
  try {
    const folder = releases.use(await tempDir());
    const redis = releases.use(await startChaosRedis());
    const env = {
      ...OWN_SETTINGS,
      ...{ REDIS_URL: redis.url, DATA_DIR: folder.path, HOST: '127.0.0.1', LADDER, LOG_LEVEL: 'info' },
      ...options.env,
    };
    const slot = (name: string, program: 'api' | 'transcoder', more: Record<string, string>) =>
      releases.use(new ProgramSlot({ name, path: builtProgram(program), cwd: folder.path, env: { ...env, ...more } }));
    const workers = range(options.workers ?? 2).map((n) => slot(`worker ${n + 1}`, 'transcoder', {}));
    const nodes: ChaosNode[] = [];
    for (const n of range(options.apis ?? 2)) nodes.push(await startNode(slot, n, releases));
    const stack = new RunningStack({
      redis,
      nodes,
      workers,
      run: (args) => runStation(args, { env, cwd: folder.path }),
      releases,
    });
    await until(() => stack.isReady(), { timeoutMs: READY_MS, everyMs: 100, what: 'all nodes are ready' }).catch(
      (error: unknown) => {
        throw new Error(`${(error as Error).message}\n${stack.logs()}`, { cause: error });
      },
    );
    return stack;
  } catch (error) {
    await releases.close();
    throw error;
  }
}

type Slots = (name: string, program: 'api', more: Record<string, string>) => ProgramSlot;

async function startNode(slot: Slots, n: number, releases: ReleaseStack): Promise<ChaosNode> {
  const port = await freePort();
  const node = slot(`node ${n + 1}`, 'api', { PORT: String(port) });
  const proxy = releases.use(await startTcpProxy(port));
  return { url: `http://127.0.0.1:${port}`, slot: node, proxy, ownerUrl: `http://127.0.0.1:${proxy.port}` };
}

type Parts = Pick<ChaosStack, 'redis' | 'nodes' | 'workers'> & {
  run: (args: readonly string[]) => Promise<unknown>;
  releases: ReleaseStack;
};

class RunningStack implements ChaosStack {
  readonly redis: ChaosRedis;
  readonly nodes: readonly ChaosNode[];
  readonly workers: readonly ProgramSlot[];
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.redis = parts.redis;
    this.nodes = parts.nodes;
    this.workers = parts.workers;
    this.#parts = parts;
  }

  addStation(slug: string): Promise<StackStation> {
    return addStationBy(this.#parts.run, slug);
  }

  busyWorker(): Promise<{ worker: ProgramSlot; encoders: number[] }> {
    const look = async () => {
      for (const worker of this.workers) {
        const encoders = worker.isRunning ? await encodersOf(worker.pid) : [];
        if (encoders.length > 0) return { worker, encoders };
      }
      return undefined;
    };
    return until(look, { timeoutMs: 20_000, everyMs: 50, what: 'a worker encodes' });
  }

  async isReady(): Promise<boolean> {
    const slots = [...this.workers, ...this.nodes.map((node) => node.slot)];
    if (slots.some((slot) => !slot.isRunning)) return false;
    const answers = await Promise.all(this.nodes.map(({ url }) => answers200(`${url}/readyz`)));
    return answers.every((ok) => ok);
  }

  logs(): string {
    return [...this.workers, ...this.nodes.map(({ slot }) => slot)]
      .map((slot) => `--- ${slot.name}\n${slot.logs()}`)
      .join('\n');
  }

  close(): Promise<void> {
    return this.#parts.releases.close();
  }
}

async function encodersOf(pid: number): Promise<number[]> {
  const tree = await commands(pid).catch(() => []); // it ended just now
  return tree.filter(({ args }) => args.includes('pipe:0')).map((command) => command.pid);
}

function answers200(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
    (answer) => answer.ok,
    () => false,
  );
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}
