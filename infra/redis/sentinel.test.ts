import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { findRedisServer } from '../binaries/index.ts';
import { freePort } from '../e2e/free-port.ts';
import { ReleaseStack } from '../runtime/index.ts';
import { spawnProgram, type TestProgram, tempDir, until } from '../testkit/index.ts';
import { ControlBus, RedisHandle } from './index.ts';

const releases = new ReleaseStack();
let master: TestProgram;
let sentinel: number;

/** A master, its replica, and a sentinel that makes the replica the master when that is gone for a second. */
beforeAll(async () => {
  const { path, env } = await findRedisServer();
  const folder = releases.use(await tempDir());
  const [first, second] = [await freePort(), await freePort()];
  sentinel = await freePort();
  const common = ['--bind', '127.0.0.1', '--save', '', '--dir', folder.path];
  const start = (args: string[]) => releases.use(spawnProgram(path, args, { cwd: folder.path, env }));
  master = start(['--port', `${first}`, ...common]);
  start(['--port', `${second}`, ...common, '--replicaof', '127.0.0.1', `${first}`]);
  const settings = [
    ...[`port ${sentinel}`, 'bind 127.0.0.1', `dir ${folder.path}`],
    `sentinel monitor main 127.0.0.1 ${first} 1`,
    ...['sentinel down-after-milliseconds main 1000', 'sentinel failover-timeout main 2000'],
  ];
  const file = join(folder.path, 'sentinel.conf');
  await writeFile(file, settings.join('\n'));
  start([file, '--sentinel']);
  const watch = releases.use(new RedisHandle(`redis://127.0.0.1:${sentinel}`));
  const replicas = () => watch.commands.call('SENTINEL', 'replicas', 'main').catch(() => []) as Promise<unknown[][]>;
  await until(async () => (await replicas())[0]?.includes('ok'), {
    timeoutMs: 30_000,
    what: 'the sentinel knows the replica',
  });
}, 60_000);

afterAll(() => releases.close());

it('a handle goes on at the server that the sentinels made the master', async () => {
  const handle = releases.use(new RedisHandle(`redis-sentinel://127.0.0.1:${sentinel}/main`));
  const bus = new ControlBus(handle);
  const heard: string[] = [];
  bus.listen(({ type }) => heard.push(type));
  const say = () => bus.publish({ type: 'station_changed', station: 'any' });
  await until(() => say().then(() => heard.length > 0));
  await master.end('SIGKILL');
  const write = () => handle.commands.set('after', 'it').then(Boolean, () => false);
  await until(write, { timeoutMs: 30_000, what: 'the new master takes commands' });
  heard.length = 0;
  await until(
    () =>
      say().then(
        () => heard.length > 0,
        () => false,
      ),
    { what: 'a message is heard through it' },
  );
  expect(await handle.commands.role()).toContain('master');
  bus.close();
}, 60_000);
