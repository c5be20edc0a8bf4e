import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Redis, Redis as RedisClient } from 'ioredis';
import { spawnProgram, type TempDir, tempDir, until } from '../testkit/index.ts';
import { projectRoot } from './places.ts';
import { identify } from './process-identity.ts';
import { startRedisServer } from './redis-server.ts';
import { findRedisServer, type RedisProgram } from './redis-server-finder.ts';

let program: RedisProgram;
let folder: TempDir;

beforeAll(async () => {
  program = await findRedisServer();
  folder = await tempDir();
}, 120_000);
afterAll(() => folder.close());

async function withClient<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new RedisClient(url.slice('unix:'.length), { retryStrategy: () => null });
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

const isRunning = (pid: number) => identify(pid) !== undefined;

/** Another process that starts a server on the directory and then waits. */
function launcher(directory: string) {
  const entry = join(projectRoot(), 'infra', 'dist', 'binaries', 'index.js');
  const script = `
    const { findRedisServer, startRedisServer } = await import(${JSON.stringify(entry)});
    const server = await startRedisServer({ program: await findRedisServer(), directory: ${JSON.stringify(directory)} });
    console.log('serving ' + server.pid);
    setInterval(() => undefined, 1000);
  `;
  return spawnProgram(process.execPath, ['--input-type=module', '-e', script]);
}

describe('a private Redis server', () => {
  test('keeps what was written over a stop and a start', async () => {
    const directory = join(folder.path, 'kept');
    const first = await startRedisServer({ program, directory });
    await withClient(first.url, (redis) => redis.set('a', '1'));
    await first.close();
    await first.close();
    expect(isRunning(first.pid)).toBe(false);
    const second = await startRedisServer({ program, directory });
    expect(await withClient(second.url, (redis) => redis.get('a'))).toBe('1');
    await second.close();
  });

  test('listens on no TCP port', async () => {
    const server = await startRedisServer({ program, directory: join(folder.path, 'port') });
    const config = await withClient(server.url, (redis) => redis.config('GET', 'port'));
    expect(config).toEqual(['port', '0']);
    await server.close();
  });

  test('works in a folder whose path is too long for a unix socket', async () => {
    const directory = join(folder.path, 'x'.repeat(90), 'y'.repeat(90));
    mkdirSync(directory, { recursive: true });
    const server = await startRedisServer({ program, directory });
    expect(Buffer.byteLength(server.url)).toBeLessThan(108);
    expect(await withClient(server.url, (redis) => redis.ping())).toBe('PONG');
    await server.close();
  });

  test('refuses a directory that a living process serves', async () => {
    const directory = join(folder.path, 'busy');
    const server = await startRedisServer({ program, directory });
    await expect(startRedisServer({ program, directory })).rejects.toThrow(/in use by process \d+.*DATA_DIR/);
    const other = launcher(directory);
    await other.ended;
    expect(other.stderr()).toMatch(new RegExp(`in use by process ${process.pid}`));
    expect(await withClient(server.url, (redis) => redis.ping())).toBe('PONG');
    await server.close();
  });

  test('is ended when its launcher is killed, and the next start has its data', async () => {
    const directory = join(folder.path, 'guarded');
    const killed = launcher(directory);
    const pid = Number((await killed.says(/serving (\d+)/))[1]);
    await withClient(`unix:${join(directory, 'redis.sock')}`, (redis) => redis.set('b', '2'));
    await killed.end('SIGKILL');
    await until(() => !isRunning(pid), { what: 'the server of a killed launcher is gone' });
    const next = await startRedisServer({ program, directory });
    expect(await withClient(next.url, (redis) => redis.get('b'))).toBe('2');
    await next.close();
  });

  test('an orphan that lives on is ended before another server touches its directory', async () => {
    const directory = join(folder.path, 'orphan');
    const killed = launcher(directory);
    const pid = Number((await killed.says(/serving (\d+)/))[1]);
    // A stopped process cannot react to the end of its launcher: it is an orphan until it is taken over.
    process.kill(pid, 'SIGSTOP');
    await killed.end('SIGKILL');
    expect(isRunning(pid)).toBe(true);
    setTimeout(() => process.kill(pid, 'SIGCONT'), 300).unref();
    const next = await startRedisServer({ program, directory });
    expect(isRunning(pid)).toBe(false);
    expect(JSON.parse(readFileSync(join(directory, 'server.pid'), 'utf8')).server.pid).toBe(next.pid);
    await next.close();
  });

  test('a pid file of an unclean end does not hinder the next start', async () => {
    const directory = join(folder.path, 'unclean');
    const first = await startRedisServer({ program, directory });
    await withClient(first.url, (redis) => redis.set('c', '3'));
    await first.kill();
    expect(await first.exited).toMatch(/^was ended by SIGKILL/);
    const second = await startRedisServer({ program, directory });
    await second.close();
  });

  test('says in its last words why it could not start', async () => {
    const broken = { ...program, path: '/bin/false' };
    const start = startRedisServer({ program: broken, directory: join(folder.path, 'broken') });
    await expect(start).rejects.toThrow(/Redis did not start: it ended with code 1/);
  });
});
