import type { RedisHandle } from '../../redis/index.ts';
import { workerCpu } from '../process-tree.ts';
import type { LoadGenerator, LoadResult } from './load-generator.ts';
import type { FedStation } from './part-feeder.ts';
import { LOAD_CORE } from './pinning.ts';
import { commandRates, readCommandCounts } from './redis-load.ts';
import type { Scene } from './scenes.ts';
import { type ServerProcess, startKoaProcess, startOriginProcess } from './server-process.ts';

/** What all scenes share. */
export type Stage = {
  generate: LoadGenerator;
  station: FedStation;
  handle: RedisHandle;
  redisUrl: string;
  /** Folder for the servers' data. */
  folder: string;
  /** Length of the measured window, in seconds. */
  seconds: number;
};

/** What one run of a scene gave. */
export type SceneRun = {
  load: LoadResult;
  /** Calls per second of each Redis command while the load ran, the feeder's among them. */
  commands: ReadonlyMap<string, number>;
  /** CPU seconds of each worker process; empty when the server is one process. */
  workerCpuSeconds: number[];
};

/** Starts the server of a scene, lets its listeners come, and ends it. */
export async function runScene(scene: Scene, stage: Stage): Promise<SceneRun> {
  const place = { cores: scene.cores, folder: stage.folder, redisUrl: stage.redisUrl };
  const env = { ORIGIN_WORKERS: String(scene.workers) };
  if (scene.server === 'origin') {
    const origin = await startOriginProcess({ ...place, env });
    return loadAndClose(scene, stage, [origin]);
  }
  const upstream = await startOriginProcess({ ...place, cores: LOAD_CORE });
  try {
    const koa = await startKoaProcess(upstream.url, place);
    return await loadAndClose(scene, stage, [koa]);
  } finally {
    await upstream.close();
  }
}

async function loadAndClose(scene: Scene, stage: Stage, [server]: [ServerProcess]): Promise<SceneRun> {
  try {
    const { station, handle, generate, seconds } = stage;
    const address = `${server.url}/live/${station.slug}/`;
    // The window is filled and the code is warm before anybody comes, as in a server that has run for a while.
    await fetch(`${address}index.m3u8`);
    const before = await readCommandCounts(handle);
    const begun = performance.now();
    const load = await generate({
      url: `${address}${scene.mode === 'progressive' ? 'stream.aac' : 'index.m3u8'}`,
      mode: scene.mode,
      count: scene.count,
      rampS: scene.rampS,
      seconds,
      pid: server.pid,
      browser: scene.browser,
      core: LOAD_CORE,
    });
    const commands = commandRates(before, await readCommandCounts(handle), (performance.now() - begun) / 1000);
    return { load, commands, workerCpuSeconds: await workerCpu(server.pid) };
  } finally {
    await server.close();
  }
}
