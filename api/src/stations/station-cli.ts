import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { AwazError } from '@awaz/infra/contract';
import { ControlBus, RedisHandle } from '@awaz/infra/redis';
import { ConfigError } from '@awaz/infra/runtime';
import { AccountStore, OneTimeLinks } from '../accounts/index.ts';
import { COMMANDS, type Command, type CommandAnswer, type CommandOptions } from './station-commands.ts';
import { StationStore } from './station-store.ts';

/** What the command line works with. */
export type StationCliContext = {
  /** Reads the environment: `redisUrl`, where the server is reached, and whether an administrator is named. Asked only when there is something to do. */
  settings: () => { redisUrl: string; publicUrl: string; namesAdmin: boolean };
  input: Readable & { isTTY?: boolean };
  output: Writable;
  errors: Writable;
};

/** Done · the wish could not be fulfilled · the command line was not understood. */
export type ExitCode = 0 | 1 | 2;

const OPTIONS = {
  title: { type: 'string' },
  profile: { type: 'string' },
  label: { type: 'string' },
  'if-missing': { type: 'boolean' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

class UsageError extends Error {}

type Call = {
  command: Command | undefined;
  args: string[];
  options: CommandOptions & { json?: boolean; help?: boolean };
};

/** `npm run station -- …`: does what the arguments say and tells how it went. Never rejects. */
export async function runStationCli(argv: string[], context: StationCliContext): Promise<ExitCode> {
  try {
    const call = parseCall(argv);
    if (call.command === undefined || call.options.help) {
      context.output.write(`${usage()}\n`);
      return 0;
    }
    const answer = await runCommand(call.command, call, context);
    context.output.write(`${call.options.json ? JSON.stringify(answer.json) : answer.text}\n`);
    return 0;
  } catch (error) {
    context.errors.write(`${explain(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function parseCall(argv: string[]): Call {
  const { values, positionals } = parse(argv);
  const [name, ...args] = positionals;
  if (name === undefined && !values.help) throw new UsageError('Say what to do.');
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (name !== undefined && command === undefined) throw new UsageError(`There is no command "${name}".`);
  if (command !== undefined && !values.help && args.length !== command.args.length) {
    throw new UsageError(`Write: ${[name, ...command.args].join(' ')}.`);
  }
  return { command, args, options: values };
}

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function runCommand(command: Command, call: Call, context: StationCliContext): Promise<CommandAnswer> {
  const { redisUrl, publicUrl: givenUrl, namesAdmin } = context.settings();
  const handle = new RedisHandle(redisUrl);
  const bus = new ControlBus(handle);
  try {
    const stations = new StationStore({ handle, bus, registry: new BroadcastRegistry(handle) });
    const publicUrl = givenUrl.replace(/\/+$/, '');
    const confirm = (question: string) => ask(question, context);
    const people = { accounts: new AccountStore(handle), links: new OneTimeLinks(handle), namesAdmin };
    return await command.run({ stations, ...people, publicUrl, options: call.options, confirm }, call.args);
  } finally {
    bus.close();
    await handle.close();
  }
}

async function ask(question: string, { input, errors }: StationCliContext): Promise<boolean> {
  if (!input.isTTY) return false;
  const terminal = createInterface({ input, output: errors });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

function usage(): string {
  const names = Object.entries(COMMANDS).map(([name, { args }]) => [name, ...args].join(' '));
  const width = Math.max(...names.map((name) => name.length));
  const rows = Object.values(COMMANDS).map(({ summary }, i) => `  ${names[i]?.padEnd(width)}  ${summary}`);
  return [
    'Stations without a browser. Works beside a running server.',
    '',
    'npm run station -- COMMAND [OPTIONS]',
    '',
    ...rows,
    '',
    '  --json  prints JSON    --help  prints this',
  ].join('\n');
}

function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${usage()}`;
  if (error instanceof AwazError || error instanceof ConfigError) return error.message;
  const { name, message } = error as Error;
  if (name === 'MaxRetriesPerRequestError')
    return 'Redis does not answer. Is the server running, and is REDIS_URL right?';
  return `That did not work: ${message}`;
}
