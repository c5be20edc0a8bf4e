import { findRedisServer, type RedisServer, startRedisServer } from '../binaries/index.ts';
import { RedisHandle } from '../redis/index.ts';
import { tempDir } from './temp-dir.ts';

/** A private Redis of one test file. */
export type TestRedis = {
  /** For `RedisHandle`, ioredis or the `REDIS_URL` of a child; stays the same over `kill` and `restart`. */
  readonly url: string;
  /** A new handle on it; closed by `close` of this server if the test did not. */
  handle(): RedisHandle;
  /** Ends the server by SIGKILL, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again with the data that reached its file; also after `kill`. */
  restart(): Promise<void>;
  /** Stops it and removes its data. May be called again. */
  close(): Promise<void>;
};

/** Starts a Redis server of its own in a temporary folder. */
export async function startTestRedis(): Promise<TestRedis> {
  const program = await findRedisServer();
  const folder = await tempDir();
  const start = (): Promise<RedisServer> => startRedisServer({ program, directory: folder.path });
  let server = await start();
  const handles = new Set<RedisHandle>();
  return {
    url: server.url,
    handle: () => {
      const handle = new RedisHandle(server.url);
      handles.add(handle);
      return handle;
    },
    kill: () => server.kill(),
    restart: async () => {
      await server.close();
      server = await start();
    },
    close: async () => {
      await Promise.all([...handles].map((handle) => handle.close()));
      await server.close();
      await folder.close();
    },
  };
}
