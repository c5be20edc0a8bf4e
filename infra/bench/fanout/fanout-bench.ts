import { pause, ReleaseStack } from '../../runtime/index.ts';
import { startTestRedis, type TestRedis, tempDir, until } from '../../testkit/index.ts';
import type { Bench, BenchOptions } from '../bench.ts';
import { assertPinnable, LOAD_CORE, moveTo } from '../origin/pinning.ts';
import type { ServerProcess } from '../origin/server-process.ts';
import { startClients } from './fanout-clients.ts';
import type { FanoutPlan, FanoutResult } from './fanout-plan.ts';
import { type FanoutRecord, fanoutReport } from './fanout-report.ts';
import { addRoom, ROOM, socketsOf, startApiNode, startBareNode } from './fanout-servers.ts';

/** Rounds of both sides, at least. */
const LEAST_ROUNDS = 5;

/** Clients that also write. */
const WRITERS = 40;

/** One message at a time: the room is quiet again before the next. */
const SINGLE_PER_SECOND = 4;

/** A busy chat. */
const BUSY_PER_SECOND = 20;

/** A busy chat is looked at for so long, in seconds. */
const BUSY_SECONDS = 60;

/** Messages before those that count. */
const WARM_UP = 20;

/** Clients that are cut, and for how long, in ms. */
const CUT = { clients: 200, forMs: 10_000 };

/** What live events carry, beside bare Socket.IO; and what they lose when things break. */
export const fanoutBench: Bench = {
  name: 'fanout',
  summary: 'chat to a room on two nodes: lateness and CPU beside bare Socket.IO, and what is lost when things break',
  run: async (options) => {
    assertPinnable();
    const releases = new ReleaseStack();
    try {
      const stage = await setStage(options, releases);
      const record: FanoutRecord = { sockets: stage.sockets, bare: [], awaz: [], busy: undefined, broken: undefined };
      const rounds = Math.max(LEAST_ROUNDS, options.rounds);
      for (let round = 1; round <= rounds; round++) {
        options.progress(`round ${round} of ${rounds}: ${stage.sockets} clients, one message at a time`);
        record.bare.push(await singles('bare', stage, options));
        record.awaz.push(await singles('awaz', stage, options));
      }
      options.progress(`${BUSY_PER_SECOND} messages a second for ${BUSY_SECONDS} s`);
      record.busy = await busy(stage);
      options.progress('the same while a node is killed, Redis restarts and clients are cut');
      record.broken = await broken(stage);
      return fanoutReport(record);
    } finally {
      await releases.close();
    }
  },
};

type Stage = { redis: TestRedis; redisPid: number; folder: string; redisUrl: string; sockets: number };

async function setStage(options: BenchOptions, releases: ReleaseStack): Promise<Stage> {
  const folder = releases.use(await tempDir());
  const redis = releases.use(await startTestRedis());
  const redisPid = await pidOf(redis);
  await moveTo(LOAD_CORE, [process.pid, redisPid]);
  const place = { folder: folder.path, redisUrl: redis.url };
  await addRoom(place);
  return { redis, redisPid, ...place, sockets: options.listeners[0] ?? 2000 };
}

async function pidOf(redis: TestRedis): Promise<number> {
  return Number(/process_id:(\d+)/.exec(await redis.handle().commands.info('server'))?.[1]);
}

async function singles(side: 'bare' | 'awaz', stage: Stage, { periodS }: BenchOptions): Promise<FanoutResult> {
  const start = side === 'bare' ? startBareNode : startApiNode;
  const nodes = [await start(stage), await start(stage)];
  return withClients(nodes, stage, { perSecond: SINGLE_PER_SECOND, messages: SINGLE_PER_SECOND * periodS });
}

async function busy(stage: Stage): Promise<FanoutResult> {
  const nodes = [await startApiNode(stage), await startApiNode(stage)];
  return withClients(nodes, stage, { perSecond: BUSY_PER_SECOND, messages: BUSY_PER_SECOND * BUSY_SECONDS });
}

type Load = Pick<FanoutPlan, 'perSecond' | 'messages'> & Partial<FanoutPlan>;

function planOf(nodes: readonly ServerProcess[], { redisPid, sockets }: Stage, load: Load): FanoutPlan {
  const urls = nodes.map(({ url }) => url);
  const serverPids = nodes.map(({ pid }) => pid);
  return {
    ...{ urls, room: ROOM, sockets, senders: WRITERS, warmUp: WARM_UP, roam: false, serverPids, redisPid },
    ...load,
  };
}

async function withClients(nodes: ServerProcess[], stage: Stage, load: Load): Promise<FanoutResult> {
  const clients = startClients(planOf(nodes, stage, load));
  try {
    return await clients.result;
  } finally {
    await clients.close();
    await Promise.all(nodes.map((node) => node.close()));
  }
}

/** A busy chat in which everything breaks once, and how long it takes until all clients are counted again. */
async function broken(stage: Stage): Promise<FanoutResult & { countedAgainMs: number }> {
  const [first, second] = [await startApiNode(stage), await startApiNode(stage)];
  const nodes = [first, second];
  const load = { perSecond: BUSY_PER_SECOND, messages: BUSY_PER_SECOND * BUSY_SECONDS, roam: true };
  const clients = startClients(planOf(nodes, stage, load));
  try {
    await clients.begun;
    await pause(5000);
    const killedAt = performance.now();
    await first.program.end('SIGKILL');
    await until(async () => (await socketsOf(second)) === stage.sockets, {
      timeoutMs: 30_000,
      what: 'all are counted',
    });
    const countedAgainMs = performance.now() - killedAt;
    nodes.push(await startApiNode(stage, Number(new URL(first.url).port)));
    await pause(5000);
    await stage.redis.restart();
    await pause(10_000);
    clients.order({ do: 'cut', ...CUT });
    return { ...(await clients.result), countedAgainMs };
  } finally {
    await clients.close();
    await Promise.all(nodes.map((node) => node.close()));
  }
}
