import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { describeMachine } from '../bench/machine.ts';
import { renderVerdict } from './chaos-report.ts';
import { type ChaosPlan, runChaos } from './chaos-run.ts';
import { shuffledForever } from './fault-order.ts';
import { FAULTS, type Fault } from './faults.ts';
import { NEIGHBOURS } from './neighbours.ts';
import { judge } from './verdict.ts';

const FLAGS = {
  minutes: { type: 'string' },
  times: { type: 'string', default: '3' },
  seed: { type: 'string' },
  only: { type: 'string', multiple: true },
  logs: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Longest run, in minutes: the time code has numbers for it. */
const MINUTES_LIMIT = 100;

/** What one fault may take at most with its recovery, in minutes; for runs that are counted, not timed. */
const MINUTES_PER_FAULT = 0.5;

/** Where the command writes: `out` is for the result, `err` for progress and complaints. */
export type ChaosOutput = { out(text: string): void; err(text: string): void; signal: AbortSignal };

class UsageError extends Error {}

type Call = {
  faults: Iterable<Fault>;
  minutes: number;
  seed: number;
  json: boolean;
  help: boolean;
  logs: string | undefined;
};

/**
 * `npm run chaos`: does faults to a broadcast and tells what was lost. Resolves to the exit code: 0 when nothing
 * acknowledged was lost, 1 when something was or the run failed, 2 when the call was wrong. Never rejects.
 */
export async function chaosCommand(argv: readonly string[], { out, err, signal }: ChaosOutput): Promise<number> {
  let call: Call;
  try {
    call = readCall(argv);
  } catch (error) {
    err(`${(error as Error).message}\n\n${usage()}\n`);
    return 2;
  }
  if (call.help) {
    out(`${usage()}\n`);
    return 0;
  }
  try {
    return await run(call, { out, err, signal });
  } catch (error) {
    err(signal.aborted ? 'Stopped.\n' : `The run failed: ${(error as Error).message}\n`);
    return 1;
  }
}

async function run(call: Call, { out, err, signal }: ChaosOutput): Promise<number> {
  const { faults, minutes, seed, json, logs } = call;
  err(`seed ${seed}\n`);
  const machine = await describeMachine();
  const plan: ChaosPlan = { faults, durationMs: minutes * 60_000, seed, signal, progress: (line) => err(`${line}\n`) };
  const record = await runChaos(plan);
  if (logs !== undefined) await writeFile(logs, record.logs);
  const verdict = judge(record);
  if (json) out(`${JSON.stringify({ at: new Date().toISOString(), seed, machine, verdict })}\n`);
  else out(`${renderVerdict(verdict)}\n`);
  return verdict.failures.length === 0 ? 0 : 1;
}

function readCall(argv: readonly string[]): Call {
  const { values } = parseCall(argv);
  const seed = numberOf('seed', values.seed ?? String(Date.now() % 1_000_000), [0, 4_294_967_295]);
  const faults = chosen(values.only ?? []);
  const common = { seed, json: values.json, help: values.help, logs: values.logs };
  if (values.minutes !== undefined) {
    const minutes = numberOf('minutes', values.minutes, [0.1, MINUTES_LIMIT]);
    return { ...common, faults: shuffledForever(faults, seed), minutes };
  }
  const times = numberOf('times', values.times, [1, 1000]);
  const counted = faults.flatMap((fault) => new Array<Fault>(times).fill(fault));
  return { ...common, faults: counted, minutes: Math.min(MINUTES_LIMIT, 2 + counted.length * MINUTES_PER_FAULT) };
}

function parseCall(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function numberOf(name: string, text: string, [least, most]: readonly [number, number]): number {
  const value = Number(text);
  if (!(value >= least && value <= most))
    throw new UsageError(`--${name} ${text} is not a number from ${least} to ${most}.`);
  return value;
}

function chosen(only: readonly string[]): readonly Fault[] {
  const names = only.flatMap((text) => text.split(','));
  if (names.length === 0) return FAULTS;
  return names.map((name) => {
    const fault = [...FAULTS, ...NEIGHBOURS].find((candidate) => candidate.name === name);
    if (fault === undefined) throw new UsageError(`There is no fault "${name}".`);
    return fault;
  });
}

function usage(): string {
  const width = Math.max(...[...FAULTS, ...NEIGHBOURS].map(({ name }) => name.length));
  const list = (faults: readonly Fault[]) => faults.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  const known = ['Faults:', ...list(FAULTS), '', 'Bad neighbours, by --only:', ...list(NEIGHBOURS)];
  return ['npm run chaos [-- OPTIONS]', '', TEXT, '', ...known, '', OPTIONS_TEXT].join('\n');
}

const TEXT = `Broadcasts a time code through two nodes and two workers on a Redis of its own, does faults to them, and tells which
acknowledged audio was lost. Every fault is done three times, one after the other, or for some minutes all in random order.`;

const OPTIONS_TEXT = `  --minutes N      all faults in random order for that long
  --times N        how often each fault is done when no minutes are given (3)
  --seed N         the random order of an earlier run
  --only NAME,…    these faults alone
  --logs FILE      write what all programs logged
  --json           print one JSON object instead of text
  --help           print this

Ends with code 0 when nothing acknowledged was lost, 1 when something was or the run failed, 2 for a wrong call.`;
