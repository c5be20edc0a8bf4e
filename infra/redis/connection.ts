import { Redis, type RedisOptions } from 'ioredis';

/** How a connection behaves while Redis is away. */
export type ConnectionKind =
  /** Commands wait and are retried until Redis is back (BullMQ, tailers). */
  | 'patient'
  /** Commands fail after a few seconds, so that a request can be answered with an error. */
  | 'prompt';

/**
 * The owner of every connection of one program to one Redis. Connections made by it, and their duplicates, are closed by
 * its `close`, which may be called again and settles once all are gone.
 */
export class RedisHandle {
  /** Shared connection for ordinary commands. */
  readonly commands: Redis;
  readonly #url: string;
  readonly #open = new Set<Redis>();
  #closed = false;

  /** `url` is `redis://…`, `rediss://…` or `unix:/path` (a socket path works too). */
  constructor(url: string) {
    this.#url = url;
    this.commands = this.connect('prompt');
  }

  /** A further connection, for blocking reads, subscriptions or BullMQ. Whoever asks for it may disconnect it early. */
  connect(kind: ConnectionKind, options: Omit<RedisOptions, 'replyMapping'> = {}): Redis {
    if (this.#closed) throw new Error('The Redis handle is closed; no further connection can be made from it.');
    const redis = new EndingRedis(redisPath(this.#url), {
      maxRetriesPerRequest: kind === 'patient' ? null : 3,
      enableReadyCheck: true,
      disconnectTimeout: 200, // ioredis waits that long, and keeps the process, for a stream that is gone already
      retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 5), 1000),
      ...options,
    });
    // Without a listener a lost connection would be an uncaught 'error' event; ioredis reconnects by itself.
    redis.on('error', () => undefined);
    redis.once('end', () => this.#open.delete(redis));
    this.#open.add(redis);
    return redis;
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
}

/**
 * ioredis forgets a connection that is disconnected while it waits to reconnect: no 'end' comes, and commands in its
 * queue never settle. One more attempt, given up as soon as it succeeds, makes it end like any other.
 */
class EndingRedis extends Redis {
  override disconnect(reconnect = false): void {
    const waits = this.status === 'reconnecting' && !reconnect;
    super.disconnect(reconnect);
    if (!waits) return;
    this.once('connect', () => super.disconnect());
    this.connect().catch(() => undefined);
  }
}

function redisPath(url: string): string {
  return url.startsWith('unix:') ? url.slice('unix:'.length).replace(/^\/\//, '') : url;
}
