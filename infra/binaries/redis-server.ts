import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { pause } from '../runtime/index.ts';
import { DirectoryClaim } from './directory-claim.ts';
import { endProcess, spawnGuarded } from './guarded-process.ts';
import { keepLastLines, type LastLines } from './last-lines.ts';
import type { RedisProgram } from './redis-server-finder.ts';

/** How a private Redis is started. */
export type RedisServerOptions = {
  /** The program, from `findRedisServer`. */
  program: RedisProgram;
  /** Where its append-only file and pid file live; made when it is missing. */
  directory: string;
  /** Waits that long for a living process to give the directory back; not at all when left out. */
  patienceMs?: number;
  /** Gives up waiting for it, and ends it. */
  signal?: AbortSignal;
};

/** A private Redis server that runs as a child of this process. */
export type RedisServer = {
  /** For `RedisHandle` and ioredis: `unix:/path`. */
  url: string;
  /** Its process id. */
  pid: number;
  /** Settles when the process is gone, with the reason and its last words; never rejects. */
  exited: Promise<string>;
  /** Stops it after it has written its data: SIGTERM, then SIGKILL. May be called again. */
  close(): Promise<void>;
  /** Ends it by SIGKILL, as a crash would. Settles when it is gone. */
  kill(): Promise<void>;
};

/** Longest path of a unix socket that every system takes, in bytes (Linux 107, macOS 103). */
const SOCKET_PATH_LIMIT_BYTES = 100;

/** Loading a large append-only file takes time, but not endlessly. */
const READY_TIMEOUT_MS = 60_000;

/**
 * Starts a Redis server as a private child: no TCP port, a unix socket, an append-only file. A server that a killed
 * process left behind on the same directory is ended first. Rejects when the directory is in use or the server does not
 * get ready, with its last words.
 */
export async function startRedisServer(options: RedisServerOptions): Promise<RedisServer> {
  const directory = resolvePath(options.directory);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const socket = socketPath(directory);
  const claim = await DirectoryClaim.take(directory, options.patienceMs);
  const child = spawnGuarded(options.program.path, redisArguments(directory, socket.path), {
    cwd: directory,
    env: options.program.env,
    stdin: 'ignore',
  });
  if (child.pid !== undefined) claim.serve(child.pid);
  const server = new RunningRedis({ child, claim, socket, words: keepLastLines(child) });
  try {
    await answersPing(socket.path, server.exited, options.signal);
  } catch (error) {
    await server.close();
    throw error;
  }
  return server;
}

type SocketPlace = { path: string; remove: () => void };

type RunningParts = { child: ChildProcess; claim: DirectoryClaim; socket: SocketPlace; words: LastLines };

class RunningRedis implements RedisServer {
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<string>;
  readonly #child: ChildProcess;
  #closing: Promise<void> | undefined;

  constructor({ child, claim, socket, words }: RunningParts) {
    this.#child = child;
    this.url = `unix:${socket.path}`;
    this.pid = child.pid ?? -1;
    this.exited = new Promise((resolve) => {
      const gone = (how: string) => {
        claim.release();
        socket.remove();
        resolve(`${how}: ${words.text() || 'it said nothing'}`);
      };
      child.once('error', (error) => gone(`could not be started (${error.message})`));
      child.once('exit', (code, signal) =>
        gone(signal === null ? `ended with code ${code}` : `was ended by ${signal}`),
      );
    });
  }

  close(): Promise<void> {
    this.#closing ??= endProcess(this.#child).then(async () => void (await this.exited));
    return this.#closing;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exited;
  }
}

function redisArguments(directory: string, socket: string): string[] {
  const settings: readonly (readonly [string, string])[] = [
    ['port', '0'],
    ['unixsocket', socket],
    ['unixsocketperm', '700'],
    ['dir', directory],
    ['appendonly', 'yes'],
    ['appendfsync', 'everysec'],
    ['save', ''],
    ['maxmemory-policy', 'noeviction'],
    ['daemonize', 'no'],
  ];
  return settings.flatMap(([name, value]) => [`--${name}`, value]);
}

/** The same directory always gives the same path, so that clients find a server that was started again. */
function socketPath(directory: string): SocketPlace {
  const inside = join(directory, 'redis.sock');
  if (Buffer.byteLength(inside) <= SOCKET_PATH_LIMIT_BYTES) {
    return { path: inside, remove: () => rmSync(inside, { force: true }) };
  }
  const name = `awaz-redis-${createHash('sha256').update(directory).digest('hex').slice(0, 16)}`;
  const short = join(Buffer.byteLength(tmpdir()) > 60 ? '/tmp' : tmpdir(), name);
  mkdirSync(short, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(short);
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0) {
    throw new Error(`${short} is needed for the socket of Redis, but belongs to somebody else; remove it.`);
  }
  return { path: join(short, 'redis.sock'), remove: () => rmSync(short, { recursive: true, force: true }) };
}

async function answersPing(socket: string, exited: Promise<string>, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  let lastWords: string | undefined;
  void exited.then((words) => {
    lastWords = words;
  });
  while (!(await pingOnce(socket))) {
    if (lastWords !== undefined) throw new Error(`Redis did not start: it ${lastWords}`);
    if (signal?.aborted) throw new Error('Starting Redis was given up.');
    if (Date.now() > deadline) throw new Error(`Redis on ${socket} was not ready within ${READY_TIMEOUT_MS} ms.`);
    await pause(15, signal);
  }
}

/** Whether a server on that socket is ready; while it loads its file it answers with an error. */
function pingOnce(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection(socket);
    const done = (ready: boolean) => {
      connection.destroy();
      resolve(ready);
    };
    connection.setTimeout(1000, () => done(false));
    connection.once('error', () => done(false));
    connection.once('data', (answer) => done(answer.toString().startsWith('+PONG')));
    connection.write('PING\r\n');
  });
}
