import { parseArgs } from 'node:util';
import type { InteropCheck } from './check.ts';
import { renderOutcome, renderTally } from './report.ts';
import { runChecks } from './run-checks.ts';

const FLAGS = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  minutes: { type: 'string', default: '10' },
} as const;

const OPTIONS_TEXT = `
  --minutes N  how long each player is listened to (10)
  --json       print one JSON object instead of text
  --help       print this

Ends with code 0 when all that were asked for passed, 1 when one failed or could not run, 2 for a wrong call.`;

/** Longest time that a player may be listened to, in minutes: a day. */
const MINUTES_LIMIT = 1440;

/** Where a command writes: `out` is for the result, `err` for progress and complaints. */
export type CommandOutput = { out(text: string): void; err(text: string): void };

class UsageError extends Error {}

type Call = { checks: readonly InteropCheck[]; minutes: number; json: boolean; help: boolean };

/**
 * `npm run interop`: reads the call, runs the checks, tells the outcomes. Resolves to the exit code: 0 when all requested
 * checks passed, 1 when one failed or could not run, 2 when the call was wrong. Never rejects.
 */
export async function interopCommand(
  argv: readonly string[],
  checks: readonly InteropCheck[],
  { out, err, signal }: CommandOutput & { signal: AbortSignal },
): Promise<number> {
  let call: Call;
  try {
    call = readCall(argv, checks);
  } catch (error) {
    err(`${(error as Error).message}\n\n${usage(checks)}\n`);
    return 2;
  }
  if (call.help) {
    out(`${usage(checks)}\n`);
    return 0;
  }
  const options = { minutes: call.minutes, signal, progress: (line: string) => err(`${line}\n`) };
  const outcomes = await runChecks(call.checks, options, (outcome) => {
    if (!call.json) out(`${renderOutcome(outcome)}\n`);
  });
  if (call.json) out(`${JSON.stringify({ at: new Date().toISOString(), outcomes })}\n`);
  else out(`${renderTally(outcomes)}\n`);
  return outcomes.length > 0 && outcomes.every(({ verdict }) => verdict === 'passed') ? 0 : 1;
}

function readCall(argv: readonly string[], checks: readonly InteropCheck[]): Call {
  const { values, positionals } = parseCall(argv);
  const minutes = Number(values.minutes);
  if (!(minutes > 0) || minutes > MINUTES_LIMIT)
    throw new UsageError(`--minutes ${values.minutes} is not a number above 0 and up to ${MINUTES_LIMIT}.`);
  return { checks: chosen(positionals, checks), minutes, json: values.json, help: values.help };
}

function parseCall(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function chosen(names: readonly string[], checks: readonly InteropCheck[]): readonly InteropCheck[] {
  if (names.length === 0) return checks;
  return [...new Set(names)].map((name) => {
    const check = checks.find((candidate) => candidate.name === name);
    if (check === undefined) throw new UsageError(`There is no check "${name}".`);
    return check;
  });
}

function usage(checks: readonly InteropCheck[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const list = checks.map(({ name, summary, needs }) => {
    const programs = needs.map(({ program }) => program).join(', ');
    return `  ${name.padEnd(width)}  ${summary}${programs === '' ? '' : ` (needs ${programs})`}`;
  });
  return ['npm run interop [-- NAME … OPTIONS]', '', 'Without a name all of them run:', ...list, OPTIONS_TEXT].join(
    '\n',
  );
}
