import { ReleaseStack } from '../../runtime/index.ts';
import { startTestRedis, tempDir } from '../../testkit/index.ts';
import type { Bench, BenchOptions } from '../bench.ts';
import { buildLoadGenerator } from './load-generator.ts';
import { originReport, type SceneRecord } from './origin-report.ts';
import { feedStation } from './part-feeder.ts';
import { assertPinnable, LOAD_CORE, moveTo } from './pinning.ts';
import { encodeLadder } from './real-ladder.ts';
import { runScene, type Stage } from './run-scene.ts';
import { scenesFor } from './scenes.ts';

/** Seconds of audio that are encoded and then published over and over. */
const ENCODED_SECONDS = 20;

/** What one origin process carries, beside Koa with koa-router that answers the same bytes. */
export const originBench: Bench = {
  name: 'origin',
  summary: 'listeners that one core carries: CPU, lateness and memory, beside Koa with koa-router in the same run',
  run: async (options) => {
    assertPinnable();
    const releases = new ReleaseStack();
    try {
      return originReport(await playAll(await setStage(options, releases), options), options);
    } finally {
      await releases.close();
    }
  },
};

async function setStage(options: BenchOptions, releases: ReleaseStack): Promise<Stage> {
  options.progress('building the load generator, encoding what will be published');
  const generate = await buildLoadGenerator();
  const ladder = await encodeLadder(ENCODED_SECONDS);
  const folder = releases.use(await tempDir());
  const redis = releases.use(await startTestRedis());
  const handle = redis.handle();
  await moveTo(LOAD_CORE, [process.pid, await pidOf(handle)]);
  const station = releases.use(await feedStation(handle, { slug: 'bench', ladder }));
  return { generate, station, handle, redisUrl: redis.url, folder: folder.path, seconds: options.periodS };
}

async function pidOf(handle: Stage['handle']): Promise<number> {
  return Number(/process_id:(\d+)/.exec(await handle.commands.info('server'))?.[1]);
}

/** Every scene once, then all of them again: what a machine does meanwhile hits all alike. */
async function playAll(stage: Stage, options: BenchOptions): Promise<SceneRecord[]> {
  const scenes = scenesFor(options.listeners).filter(({ name }) => options.scenes.includes(name));
  const records = scenes.map((scene): SceneRecord => ({ scene, runs: [] }));
  for (let round = 1; round <= options.rounds; round++) {
    for (const { scene, runs } of records) {
      options.progress(`round ${round} of ${options.rounds}: ${scene.count} x ${scene.title}`);
      runs.push(await runScene(scene, stage));
    }
  }
  return records;
}
