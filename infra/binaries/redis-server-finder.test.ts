import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type TempDir, tempDir } from '../testkit/index.ts';
import { findRedisServer } from './redis-server-finder.ts';

let folder: TempDir;
beforeAll(async () => {
  folder = await tempDir();
});
afterAll(() => folder.close());

function fakeServer(place: string, name: string, says: string): string {
  const path = join(folder.path, place);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, name), `#!/bin/sh\necho '${says}'\n`);
  chmodSync(join(path, name), 0o755);
  return path;
}

const cacheDir = () => join(folder.path, 'cache');

describe('finding a Redis server', () => {
  test('prefers Valkey on PATH to Redis on PATH', async () => {
    const redis = fakeServer('a', 'redis-server', 'Redis server v=7.2.4 sha=00000000:0 malloc=libc');
    const valkey = fakeServer('b', 'valkey-server', 'Valkey server v=8.0.1 sha=00000000:0 malloc=libc');
    const found = await findRedisServer({ path: `${redis}:${valkey}`, cacheDir: cacheDir() });
    expect(found).toMatchObject({ path: join(valkey, 'valkey-server'), version: '8.0.1', source: 'PATH' });
  });

  test('passes over a server that does not run or is too old', async () => {
    const broken = fakeServer('c', 'valkey-server', 'Segmentation fault');
    const old = fakeServer('d', 'redis-server', 'Redis server v=6.0.16 sha=00000000:0 malloc=libc');
    const good = fakeServer('e', 'redis-server', 'Redis server v=6.2.0 sha=00000000:0 malloc=libc');
    const found = await findRedisServer({ path: [broken, old, good].join(':'), cacheDir: cacheDir() });
    expect(found.path).toBe(join(good, 'redis-server'));
  });

  test('says what was wrong with each and how to install one when there is no other way', async () => {
    const old = fakeServer('f', 'redis-server', 'Redis server v=5.0.3 sha=00000000:0 malloc=libc');
    const noPackager = fakeServer('g', 'dnf', '');
    // The private copy is looked for below a file, so that none can be made.
    writeFileSync(join(folder.path, 'not-a-folder'), '');
    const search = { path: `${old}:${noPackager}`, cacheDir: join(folder.path, 'not-a-folder', 'cache') };
    await expect(findRedisServer(search)).rejects.toThrow(
      /version 5\.0\.3, but 6\.2 or later is needed[\s\S]*Install one: \S+/,
    );
  });

  test('finds one on this machine, by a private copy if need be', async () => {
    const lines: string[] = [];
    const found = await findRedisServer({ onProgress: (line) => lines.push(line) });
    expect(found.version).toMatch(/^\d+\.\d+\.\d+$/);
  }, 240_000);

  test('follows links on PATH', async () => {
    const real = fakeServer('h', 'the-real-one', 'Redis server v=7.0.0 sha=00000000:0 malloc=libc');
    const path = join(folder.path, 'links');
    mkdirSync(path);
    symlinkSync(join(real, 'the-real-one'), join(path, 'redis-server'));
    expect((await findRedisServer({ path, cacheDir: cacheDir() })).version).toBe('7.0.0');
  });
});
