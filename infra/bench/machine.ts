import { readFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { capture, findFfmpeg, findRedisServer, projectRoot } from '../binaries/index.ts';

/** What figures were measured on and with. */
export type Machine = Record<string, string>;

/** Looks at the machine and asks the programs for their versions. */
export async function describeMachine(): Promise<Machine> {
  const processors = cpus();
  const [ffmpeg, redis, commit] = await Promise.all([findFfmpeg(), findRedisServer(), gitCommit()]);
  return {
    cpu: `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown'}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: release(),
    load: (await readFile('/proc/loadavg', 'utf8')).split(' ').slice(0, 3).join(' '),
    node: process.version,
    ffmpeg: `${ffmpeg.version} (${ffmpeg.source})`,
    redis: redis.version,
    'hls.js': await packageVersion('hls.js'),
    commit,
  };
}

async function gitCommit(): Promise<string> {
  const { code, stdout } = await capture('git', ['-C', projectRoot(), 'rev-parse', '--short', 'HEAD']);
  return code === 0 ? stdout.toString().trim() : 'unknown';
}

async function packageVersion(name: string): Promise<string> {
  const path = join(projectRoot(), 'node_modules', name, 'package.json');
  const text = await readFile(path, 'utf8').catch(() => '{}');
  return (JSON.parse(text) as { version?: string }).version ?? 'unknown';
}
