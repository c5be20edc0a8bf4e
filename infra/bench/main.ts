import { parseArgs } from 'node:util';
import type { Bench, BenchOptions } from './bench.ts';
import { fanoutBench } from './fanout/fanout-bench.ts';
import { latencyBench } from './latency-bench.ts';
import { describeMachine, type Machine } from './machine.ts';
import { originBench } from './origin/origin-bench.ts';
import { SCENE_NAMES } from './origin/scenes.ts';
import { type BenchReport, renderReport } from './report.ts';
import { startBench } from './start-bench.ts';
import { transcodeBench } from './transcode-bench.ts';

/** All benchmarks, in the order in which they run when none is named. */
const BENCHES: readonly Bench[] = [latencyBench, startBench, transcodeBench, originBench, fanoutBench];

const FLAGS = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  clicks: { type: 'string', default: '100' },
  part: { type: 'string', default: '192,107' },
  starts: { type: 'string', default: '20' },
  streams: { type: 'string', default: '10' },
  rounds: { type: 'string', default: '3' },
  period: { type: 'string', default: '30' },
  minutes: { type: 'string', default: '0' },
  listeners: { type: 'string', default: '2000,3000' },
  scenes: { type: 'string', default: SCENE_NAMES.join(',') },
} as const;

const OPTIONS_TEXT = `
  --json         print one JSON object instead of tables
  --clicks N     latency: clicks to be heard in each run (100)
  --part MS,…    latency, start: wished part lengths (192,107)
  --starts N     start: how often a station goes on air (20)
  --streams N    transcode: broadcasts at the same time (10)
  --rounds N     transcode, origin, fanout: how often each side is measured (3; fanout: 5 at least)
  --period S     transcode, origin, fanout: seconds of one measured period (30)
  --minutes N    transcode: also a long run that shows growth (0: none)
  --listeners N,… origin, fanout (the first): how many listen at a time (2000,3000)
  --scenes NAME,… origin: what is measured (${SCENE_NAMES.join(',')})
  --help         print this`;

class UsageError extends Error {}

function usage(): string {
  const width = Math.max(...BENCHES.map(({ name }) => name.length));
  const list = BENCHES.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return ['npm run bench [-- NAME … OPTIONS]', '', 'Without a name all of them run:', ...list, OPTIONS_TEXT].join('\n');
}

function positive(name: string, text: string, least = 1): number {
  const value = Number(text);
  if (!(value >= least) || value > 100_000) throw new UsageError(`--${name} ${text} is not a number from ${least} on.`);
  return value;
}

function readOptions(flags: Record<keyof typeof FLAGS, string | boolean>): BenchOptions {
  const number = (name: keyof typeof FLAGS, least?: number) => positive(name, String(flags[name]), least);
  return {
    clicks: number('clicks'),
    partTargetsMs: String(flags.part)
      .split(',')
      .map((text) => positive('part', text, 43)),
    starts: number('starts'),
    streams: number('streams'),
    rounds: number('rounds'),
    periodS: number('period'),
    minutes: number('minutes', 0),
    listeners: String(flags.listeners)
      .split(',')
      .map((text) => positive('listeners', text)),
    scenes: String(flags.scenes).split(',').map(sceneName),
    progress: (line) => void process.stderr.write(`${line}\n`),
  };
}

function sceneName(name: string): string {
  if (!SCENE_NAMES.includes(name)) throw new UsageError(`--scenes: there is no "${name}".`);
  return name;
}

function parseCall(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function chosen(names: readonly string[]): readonly Bench[] {
  if (names.length === 0) return BENCHES;
  return names.map((name) => {
    const bench = BENCHES.find((candidate) => candidate.name === name);
    if (bench === undefined) throw new UsageError(`There is no benchmark "${name}".`);
    return bench;
  });
}

async function main(argv: string[]): Promise<void> {
  const { values, positionals } = parseCall(argv);
  if (values.help) return void process.stdout.write(`${usage()}\n`);
  const benches = chosen(positionals);
  const options = readOptions(values);
  const machine = await describeMachine();
  const reports: BenchReport[] = [];
  if (!values.json) process.stdout.write(`${machineText(machine)}\n\n`);
  for (const bench of benches) {
    options.progress(`${bench.name}: ${bench.summary}`);
    const report = await bench.run(options);
    reports.push(report);
    if (!values.json) process.stdout.write(`${renderReport(report)}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ at: new Date().toISOString(), machine, reports })}\n`);
}

function machineText(machine: Machine): string {
  return Object.entries(machine)
    .map(([name, value]) => `${name.padEnd(8)}${value}`)
    .join('\n');
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const { message } = error as Error;
  process.stderr.write(
    error instanceof UsageError ? `${message}\n\n${usage()}\n` : `The benchmark failed: ${message}\n`,
  );
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
