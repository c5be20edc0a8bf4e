import { findRedisServer, type RedisServer, startRedisServer } from '../binaries/index.ts';
import { RedisHandle } from '../redis/index.ts';
import { tempDir } from '../testkit/index.ts';

/** A Redis with an append-only file that can be killed, stopped and started again. */
export type ChaosRedis = {
  /** Stays the same over restarts. */
  readonly url: string;
  /** Process id of the server that lives now. */
  readonly pid: number;
  /** A new handle on it; closed with this. */
  handle(): RedisHandle;
  /** Ends it, politely or by SIGKILL, and starts it again on its file. */
  restart(how: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Sends a signal. */
  signal(signal: NodeJS.Signals): void;
  /** Stops it and removes its files. May be called again. */
  close(): Promise<void>;
};

/** Starts a private Redis. Rejects when there is none on this machine. */
export async function startChaosRedis(): Promise<ChaosRedis> {
  const program = await findRedisServer();
  const folder = await tempDir();
  const start = (): Promise<RedisServer> => startRedisServer({ program, directory: folder.path });
  const handles = new Set<RedisHandle>();
  let server = await start();
  return {
    url: server.url,
    get pid() {
      return server.pid;
    },
    handle: () => {
      const handle = new RedisHandle(server.url);
      handle.commands.on('error', () => undefined); // it is killed on purpose
      handles.add(handle);
      return handle;
    },
    restart: async (how) => {
      if (how === 'SIGKILL') await server.kill();
      else await server.close();
      server = await start();
    },
    signal: (signal) => void process.kill(server.pid, signal),
    close: async () => {
      await Promise.all([...handles].map((handle) => handle.close()));
      process.kill(server.pid, 'SIGCONT'); // a stopped server does not hear SIGTERM
      await server.close();
      await folder.close();
    },
  };
}
