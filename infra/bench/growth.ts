import { setTimeout as sleep } from 'node:timers/promises';
import type { Stack } from '../e2e/stack.ts';
import type { RedisHandle } from '../redis/index.ts';
import { readTree } from './process-tree.ts';
import type { Table } from './report.ts';
import { median, slopePerMinute, type TimedValue } from './stats.ts';

/** Something that may grow, over time. */
export type Growth = { name: string; unit: string; points: TimedValue[] };

/** Where growth is looked for. */
export type GrowthPlace = { stack: Stack; redisPid: number; minutes: number };

/** Time between two looks, in ms. */
const LOOK_EVERY_MS = 10_000;

/** Until then windows and logs fill up, in ms: the part log holds 126 s. */
const FILLING_MS = 150_000;

const MIB = 2 ** 20;

/** Looks every ten seconds for some minutes; the time in which windows fill is left out of what comes back. */
export async function sampleGrowth({ stack, redisPid, minutes }: GrowthPlace): Promise<Growth[]> {
  const growths = new Map<string, Growth>();
  const redis = stack.redis.handle().commands;
  const startedAt = Date.now();
  for (let look = 1; look * LOOK_EVERY_MS <= minutes * 60_000; look++) {
    await sleep(Math.max(0, startedAt + look * LOOK_EVERY_MS - Date.now()));
    const at = Date.now() - startedAt;
    if (at < Math.min(FILLING_MS, minutes * 30_000)) continue;
    for (const [name, unit, value] of await lookOnce(stack, { redis, redisPid })) {
      const growth = growths.get(name) ?? { name, unit, points: [] };
      growth.points.push({ at, value });
      growths.set(name, growth);
    }
  }
  return [...growths.values()];
}

type Look = [name: string, unit: string, value: number][];

async function lookOnce(
  stack: Stack,
  { redis: commands, redisPid }: { redis: RedisHandle['commands']; redisPid: number },
): Promise<Look> {
  const [api] = stack.apis;
  const [transcoder, front, redis] = await Promise.all(
    [stack.transcoder.pid, api?.program.pid ?? -1, redisPid].map(readTree),
  );
  const memory = await commands.info('memory');
  const heap = async (url: string) => heapBytes(await (await fetch(url)).text());
  return [
    ['transcoder RSS', 'MiB', (transcoder?.ownRssBytes ?? 0) / MIB],
    ['transcoder heap', 'MiB', (await heap(stack.transcoderMetricsUrl)) / MIB],
    ['transcoder and ffmpegs PSS', 'MiB', (transcoder?.pssBytes ?? 0) / MIB],
    ['transcoder open files', 'count', transcoder?.ownFds ?? 0],
    ['api RSS', 'MiB', (front?.ownRssBytes ?? 0) / MIB],
    ['api heap', 'MiB', (await heap(`${stack.url}/metrics`)) / MIB],
    ['api open files', 'count', front?.ownFds ?? 0],
    ['Redis RSS', 'MiB', (redis?.ownRssBytes ?? 0) / MIB],
    ['Redis used memory', 'MiB', Number(/used_memory:(\d+)/.exec(memory)?.[1]) / MIB],
    ['Redis open files', 'count', redis?.ownFds ?? 0],
  ];
}

function heapBytes(metrics: string): number {
  return Number(/^nodejs_heap_size_used_bytes(?:\{[^}]*\})? (\S+)/m.exec(metrics)?.[1]);
}

/** First and last third, and the slope, of each. */
export function growthTable(growths: readonly Growth[]): Table {
  const [first] = growths;
  const minutes = ((first?.points.at(-1)?.at ?? 0) - (first?.points[0]?.at ?? 0)) / 60_000;
  return {
    title: `Growth over ${minutes.toFixed(1)} minutes, after windows and logs had filled`,
    columns: [
      { name: 'what' },
      { name: 'unit' },
      { name: 'first third', unit: 'median', digits: 1 },
      { name: 'last third', unit: 'median', digits: 1 },
      { name: 'slope', unit: 'per minute', digits: 3 },
    ],
    rows: growths.map(({ name, unit, points }) => {
      const third = Math.ceil(points.length / 3);
      const middle = (some: TimedValue[]) => median(some.map(({ value }) => value));
      return [name, unit, middle(points.slice(0, third)), middle(points.slice(-third)), slopePerMinute(points)];
    }),
  };
}
