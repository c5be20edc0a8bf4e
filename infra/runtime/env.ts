import { existsSync } from 'node:fs';
import { z } from 'zod';
import { parseLadder } from '../contract/index.ts';
import { parseRedisAddress, REDIS_ADDRESS_FORMS } from './redis-address.ts';

/** Thrown when the environment is not usable; the message lists every fault at once. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

const ladder = z.string().transform((text, context) => {
  try {
    return parseLadder(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

/** Variables that every program knows; each with its default. */
export const commonEnv = {
  /** Where Redis is, in a form that `parseRedisAddress` reads. */
  REDIS_URL: z.string().refine((text) => parseRedisAddress(text) !== undefined, `is neither ${REDIS_ADDRESS_FORMS}`),
  /** Where files are kept that must survive a restart. */
  DATA_DIR: z.string().min(1).default('./data'),
  /** How much is logged. */
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
};

/** Variables about what is made of the audio. */
export const mediaEnv = {
  /** Wished part length in ms; rounded down to whole frames that divide a segment. */
  PART_TARGET_MS: z.coerce.number().min(43).max(1920).default(192),
  /** Bitrates of the renditions. */
  LADDER: ladder.prefault('64k,128k,256k'),
};

/** Variables of the push command. */
export const pushEnv = {
  /** Stream key of the station. */
  AWAZ_STREAM_KEY: z.string().optional(),
  /** Address of the server as others see it. */
  PUBLIC_URL: z.string().optional(),
  /** Port of the server on this machine. */
  PORT: z.coerce.number().int().min(1).max(65_535).default(8080),
};

/** Reads `.env` of the working directory into the environment, if there is one; set variables win. */
export function loadDotEnv(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** Says what is wrong with variables that depend on each other, one line each. */
export type EnvRule = (set: Readonly<Record<string, string | undefined>>) => string[];

/**
 * Parses the environment by a schema. Empty values count as unset. Throws a {@link ConfigError} with every fault, those
 * that the rule finds included.
 */
export function parseEnv<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: Record<string, string | undefined> = process.env,
  rule: EnvRule = () => [],
): z.output<z.ZodObject<Shape>> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = z.object(shape).safeParse(set);
  const faults = rule(set).map((fault) => `  ${fault}`);
  for (const issue of result.error?.issues ?? []) faults.push(`  ${explain(issue, set)}`);
  if (result.success && faults.length === 0) return result.data;
  throw new ConfigError(
    `The environment is not usable:\n${faults.join('\n')}\nSee the README for what each variable means.`,
  );
}

/** What is wrong with one variable, in words of a person who sets variables. */
function explain({ path, code, message }: z.core.$ZodIssue, set: Readonly<Record<string, string | undefined>>): string {
  const name = path.join('.');
  const given = set[name];
  if (code !== 'invalid_type') return `${name}: ${message}`;
  return given === undefined ? `${name}: has to be set` : `${name}: "${given}" is not a number`;
}

/** Reads the configuration of a program; one that is not usable is told without a stack, and ends the process. */
export function configOrExit<Config>(read: () => Config): Config {
  loadDotEnv();
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/** The environment for a child program: this one's, with changes; `undefined` takes a variable out. */
export function childEnv(changes: Record<string, string | undefined> = {}): Record<string, string> {
  const merged = Object.entries({ ...process.env, ...changes });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
