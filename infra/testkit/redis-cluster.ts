import { createServer } from 'node:net';
import { join } from 'node:path';
import { findRedisServer, type RedisProgram } from '../binaries/index.ts';
import { RedisHandle } from '../redis/index.ts';
import { ReleaseStack } from '../runtime/index.ts';
import { spawnProgram, type TestProgram } from './programs.ts';
import { tempDir } from './temp-dir.ts';
import { until } from './until.ts';

/** How many masters a test's cluster has; the least that Redis allows. */
const MASTERS = 3;

/** Slots of every cluster. */
const SLOTS = 16_384;

/** The port for other nodes is that far from the port for clients. */
const BUS_PORT_DISTANCE = 10_000;

/** A private Redis Cluster of one test file: three masters, no replicas, append-only files. */
export type TestRedisCluster = {
  /** For `RedisHandle`, or the `REDIS_URL` of a child. */
  readonly url: string;
  /** A new handle on it; closed by `close` of this cluster if the test did not. */
  handle(): RedisHandle;
  /** Ends one node by SIGKILL, and starts it again with the data that reached its file. */
  crash(node: number): Promise<void>;
  /** Ends it and removes its data. May be called again. */
  close(): Promise<void>;
};

/** Starts a cluster on free ports of 127.0.0.1. */
export async function startTestRedisCluster(): Promise<TestRedisCluster> {
  const releases = new ReleaseStack();
  const program = await findRedisServer();
  const nodes: ClusterNode[] = [];
  try {
    for (let index = 0; index < MASTERS; index++) nodes.push(await startNode(program, releases));
    const url = `redis-cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
    await meet(nodes);
    const handle = () => releases.use(new RedisHandle(url));
    return {
      ...{ url, handle },
      crash: (index) => (nodes[index] as ClusterNode).crash(),
      close: () => releases.close(),
    };
  } catch (error) {
    await releases.close();
    throw error;
  }
}

type ClusterNode = { port: number; handle: RedisHandle; crash(): Promise<void> };

async function startNode(program: RedisProgram, releases: ReleaseStack): Promise<ClusterNode> {
  const folder = releases.use(await tempDir());
  const port = await portPair();
  const settings: Record<string, string | number> = {
    ...{ port, bind: '127.0.0.1', dir: folder.path, save: '', appendonly: 'yes' },
    ...{ 'cluster-enabled': 'yes', 'cluster-config-file': join(folder.path, 'nodes.conf') },
    ...{ 'cluster-node-timeout': 3000, 'maxmemory-policy': 'noeviction' },
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const start = () => spawnProgram(program.path, args, { cwd: folder.path, env: program.env });
  let running: TestProgram = start();
  releases.defer(() => running.close());
  const handle = releases.use(new RedisHandle(`redis://127.0.0.1:${port}`));
  const answers = () =>
    until(() => handle.commands.ping().catch(() => undefined), { what: `Redis on ${port} answers` });
  await answers();
  return {
    ...{ port, handle },
    crash: async () => {
      await running.end('SIGKILL');
      running = start();
      await answers();
    },
  };
}

async function meet(nodes: readonly ClusterNode[]): Promise<void> {
  const [first] = nodes;
  for (const [index, { handle }] of nodes.entries()) {
    const from = Math.floor((index * SLOTS) / nodes.length);
    const to = Math.floor(((index + 1) * SLOTS) / nodes.length);
    await handle.commands.cluster('ADDSLOTS', ...Array.from({ length: to - from }, (_, slot) => from + slot));
    if (first !== undefined && index > 0) await handle.commands.cluster('MEET', '127.0.0.1', first.port);
  }
  const isWhole = async ({ handle }: ClusterNode) => {
    const info = (await handle.commands.cluster('INFO')) as string;
    return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${nodes.length}`);
  };
  await until(async () => (await Promise.all(nodes.map(isWhole))).every(Boolean), { what: 'the cluster is whole' });
}

/** A free port whose port for other nodes is free too. */
async function portPair(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 30_000);
    if ((await isFree(port)) && (await isFree(port + BUS_PORT_DISTANCE))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
