import type { RedisHandle } from '../../redis/index.ts';

/** Calls of each Redis command, by whomever. */
export type CommandCounts = ReadonlyMap<string, number>;

/** Commands of the one who counts. */
const OWN_COMMANDS = new Set(['info', 'config|resetstat']);

/** Calls of each command since the server was started. */
export async function readCommandCounts({ commands }: RedisHandle): Promise<CommandCounts> {
  const text = await commands.info('commandstats');
  const counts = [...text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map(([, name = '', calls]): [string, number] => [
    name,
    Number(calls),
  ]);
  return new Map(counts.filter(([name]) => !OWN_COMMANDS.has(name)));
}

/** Calls per second between two looks, without commands that were not called. */
export function commandRates(before: CommandCounts, after: CommandCounts, seconds: number): Map<string, number> {
  const rates = [...after].map(([name, calls]): [string, number] => [
    name,
    (calls - (before.get(name) ?? 0)) / seconds,
  ]);
  return new Map(rates.filter(([, rate]) => rate > 0));
}
