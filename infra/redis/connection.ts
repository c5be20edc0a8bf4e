import type { Redis, RedisOptions } from 'ioredis';
import { parseRedisAddress, REDIS_ADDRESS_FORMS, type RedisAccess, type RedisAddress } from '../runtime/index.ts';
import { anyNodeConnector } from './cluster-node-connector.ts';
import { EndingCluster, EndingRedis } from './ending-redis.ts';

/** How a connection behaves while Redis is away. */
export type ConnectionKind =
  /** Commands wait and are retried until Redis is back (BullMQ, tailers). */
  | 'patient'
  /** Commands fail after a few seconds, so that a request can be answered with an error. */
  | 'prompt';

type ClusterAddress = Extract<RedisAddress, { kind: 'cluster' }>;

/** Tries of a command over a failover of a cluster, one each {@link FAILOVER_PAUSE_MS}: about 3 s. */
const PROMPT_REDIRECTIONS = 16;

/** Pause before a command is tried again whose node went away, in ms. */
const FAILOVER_PAUSE_MS = 200;

const retryStrategy = (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 5), 1000);

/**
 * The owner of every connection of one program to one Redis, be it a server, what sentinels point at, or a cluster.
 * Connections made by it are closed by its `close`, which may be called again and settles once all are gone.
 */
export class RedisHandle {
  /** Shared connection for ordinary commands. Those of one call concern keys of one hash tag. */
  readonly commands: Redis;
  readonly #address: RedisAddress;
  readonly #open = new Set<Redis>();
  #closed = false;

  /** `url` has one of the forms that `parseRedisAddress` reads; throws when it has none. */
  constructor(url: string) {
    const address = parseRedisAddress(url);
    if (address === undefined) throw new Error(`The address of Redis is neither ${REDIS_ADDRESS_FORMS}.`);
    this.#address = address;
    this.commands = this.connect('prompt');
  }

  /**
   * A further connection, for blocking reads or BullMQ. Whoever asks for it may disconnect it early. On a cluster it leads
   * to all nodes: each command goes to the node of its key.
   */
  connect(kind: ConnectionKind): Redis {
    const address = this.#address;
    return this.#own(() => (address.kind === 'cluster' ? clusterOf(address, kind) : serverOf(address, kind)));
  }

  /**
   * A connection for subscriptions alone. It waits for Redis and subscribes again by itself; 'ready' tells when. On a
   * cluster it leads to any node.
   */
  subscriber(): Redis {
    if (this.#address.kind !== 'cluster') return this.connect('patient');
    const { nodes, access } = this.#address;
    const Connector = anyNodeConnector(nodes, access.isTls);
    return this.#own(() => new EndingRedis({ ...optionsOf('patient'), ...credentialsOf(access), Connector }));
  }

  /** Drops every connection that came from this handle. */
  async close(): Promise<void> {
    this.#closed = true;
    const ends = [...this.#open].map(
      (redis) => new Promise<void>((resolve) => (redis.status === 'end' ? resolve() : redis.once('end', resolve))),
    );
    for (const redis of this.#open) redis.disconnect();
    await Promise.all(ends);
  }

  #own(connect: () => Redis): Redis {
    if (this.#closed) throw new Error('The Redis handle is closed; no further connection can be made from it.');
    const redis = connect();
    // Without a listener a lost connection would be an uncaught 'error' event; ioredis reconnects by itself.
    redis.on('error', () => undefined);
    redis.once('end', () => this.#open.delete(redis));
    this.#open.add(redis);
    return redis;
  }
}

function optionsOf(kind: ConnectionKind): Omit<RedisOptions, 'replyMapping'> {
  return {
    maxRetriesPerRequest: kind === 'patient' ? null : 3,
    enableReadyCheck: true,
    disconnectTimeout: 200, // ioredis waits that long, and keeps the process, for a stream that is gone already
    retryStrategy,
  };
}

function credentialsOf({
  username,
  password,
  isTls,
}: RedisAccess): Pick<RedisOptions, 'username' | 'password' | 'tls'> {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(isTls ? { tls: {} } : {}),
  };
}

function serverOf(address: Exclude<RedisAddress, { kind: 'cluster' }>, kind: ConnectionKind): Redis {
  if (address.kind === 'single') return new EndingRedis(pathOf(address.url), optionsOf(kind));
  const { nodes, master, database, access } = address;
  return new EndingRedis({
    ...optionsOf(kind),
    ...credentialsOf(access),
    sentinels: nodes,
    name: master,
    db: database,
    enableTLSForSentinelMode: access.isTls,
    sentinelRetryStrategy: retryStrategy,
  });
}

function clusterOf({ nodes, access }: ClusterAddress, kind: ConnectionKind): Redis {
  const isPrompt = kind === 'prompt';
  const { maxRetriesPerRequest, disconnectTimeout } = optionsOf(kind);
  const cluster = new EndingCluster(nodes, {
    clusterRetryStrategy: retryStrategy,
    retryDelayOnFailover: FAILOVER_PAUSE_MS,
    retryDelayOnClusterDown: FAILOVER_PAUSE_MS,
    maxRedirections: isPrompt ? PROMPT_REDIRECTIONS : Number.MAX_SAFE_INTEGER,
    redisOptions: { ...credentialsOf(access), maxRetriesPerRequest, disconnectTimeout },
  });
  cluster.isPrompt = isPrompt;
  // It takes the same commands. What only one server has, as its configuration, is asked of nobody here.
  return cluster as unknown as Redis;
}

function pathOf(url: string): string {
  return url.startsWith('unix:') ? url.slice('unix:'.length).replace(/^\/\//, '') : url;
}
