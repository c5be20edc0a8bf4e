import { setTimeout as sleep } from 'node:timers/promises';
import { type Stack, type StackStation, startStack } from '../e2e/stack.ts';
import { BareEncoders, coresOfAll } from './bare-encoders.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { feedInRealTime } from './feeder.ts';
import { type Growth, growthTable, sampleGrowth } from './growth.ts';
import { addStations, allQuiet, encoderCommands, goOnAir } from './on-air.ts';
import { coresUsed, ownCoresUsed, readTree, type TreeUsage } from './process-tree.ts';
import { radioProgramme } from './programme.ts';
import { atMost, type BenchReport, type Table } from './report.ts';
import { median } from './stats.ts';
import { WebmFeed } from './webm-feed.ts';

/** Time before a period is measured, in ms: starts and warm-up do not count. */
const WARM_UP_MS = 8000;

/** Programs of the product, as rows. */
const PARTS = ['transcoder and its ffmpegs', 'of that the transcoder itself', 'api', 'Redis'] as const;

/** What one period measured, all streams together. */
type Period = {
  /** Share of one core. */
  cores: number[];
  /** Bytes of memory (PSS). */
  memory: number[];
};

type Setup = { stack: Stack; stations: StackStation[]; feed: WebmFeed; redisPid: number; options: BenchOptions };

/** CPU and memory of live broadcasts against bare ffmpegs with the same command line and the same bytes. */
export const transcodeBench: Bench = {
  name: 'transcode',
  summary:
    'CPU and memory per live stream, beside bare ffmpegs with the same command and bytes; --minutes shows growth',
  run: async (options) => {
    const stack = await startStack({ env: { TRANSCODER_SLOTS: String(options.streams), LOG_LEVEL: 'warn' } });
    try {
      options.progress('encoding what will be fed');
      const feed = await WebmFeed.of(radioProgramme(60));
      const stations = await addStations(stack, options.streams);
      return await compare({ stack, stations, feed, redisPid: await redisPidOf(stack), options });
    } finally {
      await stack.close();
    }
  },
};

async function compare(setup: Setup): Promise<BenchReport> {
  const { options } = setup;
  const product: Period[] = [];
  const bare: Period[] = [];
  let commandLine: string[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    options.progress(`round ${round} of ${options.rounds}: ${options.streams} broadcasts, then as many bare ffmpegs`);
    product.push(
      await productPeriod(setup, async () => {
        commandLine = await encoderCommand(setup.stack);
        await sleep(options.periodS * 1000);
      }),
    );
    bare.push(await barePeriod(setup, commandLine));
  }
  const growth: Growth[] = [];
  if (options.minutes > 0) {
    options.progress(`${options.minutes} minutes of ${options.streams} broadcasts, looking for growth`);
    await productPeriod(setup, async () => {
      growth.push(...(await sampleGrowth({ ...setup, minutes: options.minutes })));
    });
  }
  return report(setup, { product, bare, growth });
}

/** Puts all stations on air, runs `during` once they are warm, and measures what it took. */
async function productPeriod({ stack, stations, feed, redisPid }: Setup, during: () => Promise<void>): Promise<Period> {
  const onAir = await goOnAir(stack, stations);
  const feeding = new AbortController();
  const fed = feedInRealTime(feed, onAir.sinks, feeding.signal);
  const look = () => Promise.all([stack.transcoder.pid, stack.apis[0]?.program.pid ?? -1, redisPid].map(readTree));
  try {
    await sleep(WARM_UP_MS);
    const before = await look();
    await during();
    return period(before, await look());
  } finally {
    feeding.abort();
    await fed;
    await onAir.end();
    await allQuiet(stack);
  }
}

async function barePeriod({ feed, options }: Setup, commandLine: string[]): Promise<Period> {
  const encoders = new BareEncoders(commandLine, options.streams);
  const feeding = new AbortController();
  const fed = feedInRealTime(feed, encoders.sinks, feeding.signal);
  try {
    await sleep(WARM_UP_MS);
    const before = await encoders.look();
    await sleep(options.periodS * 1000);
    const after = await encoders.look();
    return { cores: [coresOfAll(before, after)], memory: [after.reduce((sum, { pssBytes }) => sum + pssBytes, 0)] };
  } finally {
    feeding.abort();
    await fed;
    await encoders.close();
  }
}

/** In the order of {@link PARTS}; the first look is at the transcoder's tree. */
function period(before: readonly TreeUsage[], after: readonly TreeUsage[]): Period {
  const [transcoder, ...others] = after.map((usage, i) => coresUsed(before[i] ?? usage, usage));
  const [tree] = after;
  const own = tree === undefined ? Number.NaN : ownCoresUsed(before[0] ?? tree, tree);
  const [all, ...more] = after.map(({ pssBytes }) => pssBytes);
  return {
    cores: [transcoder ?? Number.NaN, own, ...others],
    memory: [all ?? Number.NaN, tree?.ownRssBytes ?? Number.NaN, ...more],
  };
}

/** The command line of one of the transcoder's encoders, as it runs now. */
async function encoderCommand(stack: Stack): Promise<string[]> {
  const [line] = await encoderCommands(stack);
  if (line === undefined) throw new Error(`The transcoder runs no encoder.\n${stack.logs()}`);
  return line;
}

async function redisPidOf(stack: Stack): Promise<number> {
  const info = await stack.redis.handle().commands.info('server');
  return Number(/process_id:(\d+)/.exec(info)?.[1]);
}

function report({ options }: Setup, seen: { product: Period[]; bare: Period[]; growth: Growth[] }): BenchReport {
  const { streams } = options;
  const allOf = ([first = 0, , ...rest]: number[]) => rest.reduce((sum, value) => sum + value, first);
  const total = ({ cores }: Period) => allOf(cores);
  const memoryOf = ({ memory }: Period) => allOf(memory);
  const bareCores = median(seen.bare.map(total));
  const bareMemory = median(seen.bare.map(memoryOf));
  const row = (name: string, cores: number, memory: number) => [
    name,
    (cores * 100) / streams,
    cores / bareCores,
    memory / streams / 2 ** 20,
    memory / bareMemory,
  ];
  const parts = PARTS.map((name, i) => {
    const cores = median(seen.product.map((period) => period.cores[i] ?? Number.NaN));
    return row(name, cores, median(seen.product.map((period) => period.memory[i] ?? Number.NaN)));
  });
  const ratio = Number(parts[0]?.[2]);
  const table: Table = {
    title: `Per live stream, ${streams} at the same time, medians of ${options.rounds} periods of ${options.periodS} s`,
    columns: [
      { name: 'what' },
      { name: 'CPU', unit: '% of a core', digits: 2 },
      { name: 'ratio', unit: 'to bare', digits: 2 },
      { name: 'memory', unit: 'MiB (PSS)', digits: 1 },
      { name: 'ratio', unit: 'to bare', digits: 2 },
    ],
    rows: [
      row('bare ffmpegs', bareCores, bareMemory),
      ...parts,
      row('all of the product', median(seen.product.map(total)), median(seen.product.map(memoryOf))),
    ],
  };
  return {
    name: 'transcode',
    tables: [table, ...(seen.growth.length > 0 ? [growthTable(seen.growth)] : [])],
    targets: [
      atMost(`CPU of transcoder and ffmpegs at ${streams} streams against bare ffmpegs`, 'ratio', {
        limit: 1.3,
        measured: ratio,
      }),
    ],
    notes: ['The feeder is not counted. No listeners. Periods of product and bare ffmpegs take turns.'],
  };
}
