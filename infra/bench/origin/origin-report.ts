import type { BenchOptions } from '../bench.ts';
import { atLeast, atMost, type BenchReport, type Table, type Target } from '../report.ts';
import { median } from '../stats.ts';
import type { LoadResult } from './load-generator.ts';
import type { SceneRun } from './run-scene.ts';
import type { Scene } from './scenes.ts';

/** A scene and what its runs gave. */
export type SceneRecord = { scene: Scene; runs: SceneRun[] };

const KB = 1000;

/** Tables and targets of the origin. */
export function originReport(records: readonly SceneRecord[], options: BenchOptions): BenchReport {
  const tables = [listenerTable(records), progressiveTable(records), workerTable(records), redisTable(records)];
  return {
    name: 'origin',
    tables: tables.filter(({ rows }) => rows.length > 0),
    targets: targetsOf(records),
    notes: [
      `Medians of ${options.rounds} runs of ${options.periodS} s, each on a fresh process that has a core of its own; generator, feeder and Redis share another one.`,
      'Parts of 192 ms; each listener asks for every playlist (blocking, gzip) and every part on one connection: 10.4 requests a second.',
      'Koa answers the same bytes from memory. A part is late from its first appearance at any listener on. Memory: slope between the smallest and the largest count.',
    ],
  };
}

type Read = (load: LoadResult) => number;

function middle({ runs }: SceneRecord, read: Read): number {
  return median(runs.map(({ load }) => read(load)));
}

const microsPerAnswer: Read = ({ server_cores: cores, reqs }) => (cores * 1e6) / reqs;

function isHls({ scene }: SceneRecord): boolean {
  return scene.mode === 'listeners' && scene.workers === 1;
}

function listenerTable(records: readonly SceneRecord[]): Table {
  const koa = records.find(({ scene }) => scene.server === 'koa');
  const koaMicros = koa === undefined ? Number.NaN : middle(koa, microsPerAnswer);
  return {
    title: 'Low-latency HLS listeners of one core',
    columns: [
      { name: 'what' },
      { name: 'count' },
      { name: 'CPU', unit: 'cores', digits: 2 },
      { name: 'per answer', unit: 'us', digits: 1 },
      { name: 'ratio', unit: 'to Koa', digits: 2 },
      { name: 'keep up' },
      { name: 'on time' },
      { name: 'late p50', unit: 'ms' },
      { name: 'late p99', unit: 'ms' },
      { name: 'join p50', unit: 'ms' },
      { name: 'join max', unit: 'ms' },
      { name: 'errors' },
      { name: 'generator', unit: 'cores', digits: 2 },
      { name: 'others', unit: 'cores', digits: 2 },
    ],
    rows: records
      .filter(isHls)
      .map((record) => [
        record.scene.title,
        record.scene.count,
        middle(record, ({ server_cores: cores }) => cores),
        middle(record, microsPerAnswer),
        middle(record, microsPerAnswer) / koaMicros,
        middle(record, ({ keep_up: count }) => count ?? 0),
        middle(record, ({ on_time: count }) => count ?? 0),
        middle(record, ({ fanout_ms: ms }) => ms?.p50 ?? Number.NaN),
        middle(record, ({ fanout_ms: ms }) => ms?.p99 ?? Number.NaN),
        middle(record, ({ join_ms: ms }) => ms?.p50 ?? Number.NaN),
        middle(record, ({ join_ms: ms }) => ms?.max ?? Number.NaN),
        middle(record, ({ errors, err_bytes: wrong }) => errors + wrong),
        middle(record, ({ own_cores: cores }) => cores),
        middle(record, othersOf),
      ]),
  };
}

const othersOf: Read = ({ busy_cores: busy, own_cores: own, server_cores: server }) => Math.max(0, busy - own - server);

function progressiveTable(records: readonly SceneRecord[]): Table {
  return {
    title: 'Progressive listeners of one core',
    columns: [
      { name: 'what' },
      { name: 'count' },
      { name: 'CPU', unit: 'cores', digits: 2 },
      { name: 'at full rate' },
      { name: 'rate', unit: 'kbit/s' },
      { name: 'longest gap p99', unit: 'ms' },
    ],
    rows: records
      .filter(({ scene }) => scene.mode === 'progressive')
      .map((record) => [
        record.scene.title,
        record.scene.count,
        middle(record, ({ server_cores: cores }) => cores),
        middle(record, ({ good }) => good ?? 0),
        middle(record, ({ kbit_p50: rate }) => rate ?? Number.NaN),
        middle(record, ({ gap_p99: ms }) => ms ?? Number.NaN),
      ]),
  };
}

/** Memory of each further connection, in kB, between the runs with the fewest and the most. */
function memorySlope(records: readonly SceneRecord[], name: string): number {
  const some = records.filter(({ scene }) => scene.name === name).sort((a, b) => a.scene.count - b.scene.count);
  const [first] = some;
  const last = some.at(-1);
  if (first === undefined || last === undefined || first === last) return Number.NaN;
  const rss: Read = ({ server_rss: bytes }) => bytes;
  return (middle(last, rss) - middle(first, rss)) / (last.scene.count - first.scene.count) / KB;
}

function workerTable(records: readonly SceneRecord[]): Table {
  const record = records.find(({ scene }) => scene.workers > 1);
  const one = records.find(({ scene }) => scene.name === 'listeners' && scene.count === record?.scene.count);
  const columns = [
    { name: 'workers' },
    { name: 'listeners' },
    { name: 'CPU', unit: 'cores', digits: 2 },
    { name: 'per answer', unit: 'us', digits: 1 },
    { name: 'ratio', unit: 'to one', digits: 2 },
    { name: 'smallest share', unit: '%' },
    { name: 'keep up' },
  ];
  if (record === undefined) return { title: '', columns, rows: [] };
  return {
    title: 'Workers on one port; the generator shares their cores',
    columns,
    rows: [one, record]
      .filter((some) => some !== undefined)
      .map((some) => [
        some.scene.workers,
        some.scene.count,
        middle(some, ({ server_cores: cores }) => cores),
        middle(some, microsPerAnswer),
        one === undefined ? Number.NaN : middle(some, microsPerAnswer) / middle(one, microsPerAnswer),
        some === one ? 100 : smallestShare(some),
        middle(some, ({ keep_up: count }) => count ?? 0),
      ]),
  };
}

/** Share of the work, in percent, that the least busy worker did; NaN when the server is one process. */
function smallestShare({ runs, scene }: SceneRecord): number {
  const shares = runs.map(({ workerCpuSeconds: cpu }) => {
    if (cpu.length < scene.workers) return Number.NaN;
    return (100 * Math.min(...cpu)) / cpu.reduce((sum, seconds) => sum + seconds, 0);
  });
  return median(shares);
}

function redisTable(records: readonly SceneRecord[]): Table {
  const shown = records.filter(({ scene }) => scene.server === 'origin' && scene.name !== 'join');
  const names = [...new Set(shown.flatMap(({ runs }) => runs.flatMap(({ commands }) => [...commands.keys()])))].sort();
  return {
    title: 'Redis commands a second, one station; evalsha, get, xadd and pexpire are the publisher’s',
    columns: [
      { name: 'command' },
      ...shown.map(({ scene }) => ({ name: scene.title, unit: `${scene.count}, ${scene.workers} wkr`, digits: 1 })),
    ],
    rows: names.map((name) => [
      name,
      ...shown.map(({ runs }) => median(runs.map(({ commands }) => commands.get(name) ?? 0))),
    ]),
  };
}

function targetsOf(records: readonly SceneRecord[]): Target[] {
  const find = (name: string, count: number) =>
    records.find(({ scene }) => scene.name === name && scene.count === count);
  const targets: Target[] = [];
  const two = find('listeners', 2000);
  if (two !== undefined) {
    const keepUp = middle(two, ({ keep_up: count }) => count ?? 0);
    const cores = middle(two, ({ server_cores: used }) => used);
    const late = middle(two, ({ fanout_ms: ms }) => ms?.p99 ?? Number.NaN);
    targets.push(atMost('2,000 listeners', 'cores', { limit: 0.6, measured: cores }));
    targets.push(atLeast('of 2,000 keep up', 'listeners', { limit: 2000, measured: keepUp }));
    targets.push(atMost('whole part p99, 2,000 listeners', 'ms', { limit: 130, measured: late }));
  }
  const three = find('listeners', 3000);
  if (three !== undefined) {
    const measured = middle(three, ({ keep_up: count }) => count ?? 0);
    targets.push(atLeast('of 3,000 keep up', 'listeners', { limit: 3000, measured }));
  }
  const slope = memorySlope(records, 'listeners');
  if (!Number.isNaN(slope)) targets.push(atMost('memory of a listener', 'kB', { limit: 45, measured: slope }));
  return [...targets, ...progressiveTargets(records), ...otherTargets(records)];
}

function progressiveTargets(records: readonly SceneRecord[]): Target[] {
  const record = records.find(({ scene }) => scene.mode === 'progressive' && scene.count === 4000);
  if (record === undefined) return [];
  const measured = middle(record, ({ server_cores: cores }) => cores);
  const slope = memorySlope(records, 'progressive');
  return [
    atMost('4,000 progressive listeners', 'cores', { limit: 0.35, measured }),
    atMost('memory of a progressive listener', 'kB', { limit: 45, measured: slope }),
  ];
}

function otherTargets(records: readonly SceneRecord[]): Target[] {
  const targets: Target[] = [];
  const join = records.find(({ scene }) => scene.name === 'join');
  if (join !== undefined) {
    const measured = middle(join, ({ join_ms: ms }) => ms?.max ?? Number.NaN);
    targets.push(atMost('2,000 at once, connect to first part, max', 'ms', { limit: 1500, measured }));
  }
  const [one, two] = workerTable(records).rows;
  if (one !== undefined && two !== undefined) {
    targets.push(atMost('CPU per answer, two workers', 'ratio', { limit: 1.15, measured: Number(two[4]) }));
    targets.push(atLeast('share of the lesser worker', '%', { limit: 40, measured: Number(two[5]) }));
  }
  return targets;
}
