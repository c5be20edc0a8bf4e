import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../binaries/index.ts';
import { ReleaseStack } from '../runtime/index.ts';
import {
  runProgram,
  spawnProgram,
  startTestRedis,
  type TempDir,
  type TestProgram,
  type TestRedis,
  tempDir,
  until,
} from '../testkit/index.ts';
import { freePort } from './free-port.ts';

/** What {@link startStack} starts; one API process and one transcoder when left out. */
export type StackOptions = {
  /** Wished part length in ms; the programs' own default when left out. */
  partTargetMs?: number;
  /** API processes on the one Redis. */
  apis?: number;
  /** Another Redis than one of its own; it stays the caller's. */
  redisUrl?: string;
  /** Further variables for all programs. */
  env?: Record<string, string>;
};

/** A running API process. */
export type StackApi = { url: string; program: TestProgram };

/** A station of a stack with its stream key. */
export type StackStation = { slug: string; key: string };

/** The real programs, built, on a Redis of their own. */
export type Stack = {
  /** Address of the first API process, like `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly apis: readonly StackApi[];
  readonly redis: TestRedis;
  readonly transcoder: TestProgram;
  /** Where the transcoder answers `/metrics`. */
  readonly transcoderMetricsUrl: string;
  /** Adds a station as an owner would on the command line. */
  addStation(slug: string): Promise<StackStation>;
  /** Runs the station command and gives what it printed as JSON. Rejects with what it complained about. */
  runStation(args: readonly string[]): Promise<unknown>;
  /** What all programs logged so far, for the message of a failure. */
  logs(): string;
  /** Ends all programs and removes their files. May be called again. */
  close(): Promise<void>;
};

/** Built programs, from the root of the project. */
const PROGRAMS = {
  api: 'api/dist/main.js',
  transcoder: 'transcoder/dist/main.js',
  station: 'api/dist/stations/cli.js',
  push: 'player/dist/push/main.js',
  check: 'api/dist/check/main.js',
} as const;

/** Settings of a person's own server that must not change what is tested or measured. */
export const OWN_SETTINGS = {
  PUBLIC_URL: undefined,
  TLS_CERT: undefined,
  TLS_KEY: undefined,
  LADDER: undefined,
  TRUST_PROXY: undefined,
  WEBHOOK_ALLOW_PRIVATE: undefined,
  CORS_ORIGINS: undefined,
  DEMO: undefined,
  ORIGIN_WORKERS: undefined,
  MAX_LISTENERS: undefined,
  MAX_PUBLISHERS: undefined,
  // A machine that is busy with other tests must not look like a server that is.
  MAX_CPU_PERCENT: '100',
};

/** How long the programs may take until `/readyz` answers 200, in ms. */
const READY_MS = 30_000;

/** Full path of one of the project's programs. Throws when it is not built. */
export function builtProgram(name: keyof typeof PROGRAMS): string {
  const path = join(projectRoot(), PROGRAMS[name]);
  if (!existsSync(path)) throw new Error(`${path} is missing; build the project first.`);
  return path;
}

/** Starts Redis, API and transcoder and waits until the station can go on air. Rejects with their logs. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const releases = new ReleaseStack();
  try {
    const folder = releases.use(await tempDir());
    const redis = releases.use(await startTestRedis());
    const metricsPort = await freePort();
    const env = stackEnv(options, { redis, folder });
    const start = (name: 'api' | 'transcoder', more: Record<string, string>) =>
      releases.use(
        spawnProgram(process.execPath, [builtProgram(name)], { cwd: folder.path, env: { ...env, ...more } }),
      );
    const transcoder = start('transcoder', { TRANSCODER_METRICS_PORT: String(metricsPort) });
    const apis: StackApi[] = [];
    for (let i = 0; i < (options.apis ?? 1); i++) {
      const port = await freePort();
      apis.push({ url: `http://127.0.0.1:${port}`, program: start('api', { PORT: String(port) }) });
    }
    const logs = () => [transcoder, ...apis.map(({ program }) => program)].map(logOf).join('\n');
    await allReady(apis, logs);
    const run = (args: readonly string[]) => runStation(args, { env, cwd: folder.path });
    return {
      url: apis[0]?.url ?? '',
      apis,
      redis,
      transcoder,
      transcoderMetricsUrl: `http://127.0.0.1:${metricsPort}/metrics`,
      addStation: (slug) => addStationBy(run, slug),
      runStation: run,
      logs,
      close: () => releases.close(),
    };
  } catch (error) {
    await releases.close();
    throw error;
  }
}

function stackEnv(options: StackOptions, { redis, folder }: { redis: TestRedis; folder: TempDir }) {
  return {
    ...OWN_SETTINGS,
    REDIS_URL: options.redisUrl ?? redis.url,
    DATA_DIR: folder.path,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    PART_TARGET_MS: options.partTargetMs === undefined ? undefined : String(options.partTargetMs),
    ...options.env,
  };
}

function logOf(program: TestProgram): string {
  return `${program.stdout()}${program.stderr()}`;
}

async function allReady(apis: StackApi[], logs: () => string): Promise<void> {
  try {
    for (const { url } of apis) {
      await until(async () => (await fetch(`${url}/readyz`)).ok, { timeoutMs: READY_MS, what: `${url}/readyz is 200` });
    }
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${logs()}`, { cause: error });
  }
}

/** Adds a station by a station command like {@link Stack.runStation}. */
export async function addStationBy(run: Stack['runStation'], slug: string): Promise<StackStation> {
  const { key } = (await run(['add', slug, '--title', `Station ${slug}`])) as { key?: string };
  if (key === undefined) throw new Error(`The station ${slug} has no key.`);
  return { slug, key };
}

/** Runs the station command and gives what it printed as JSON. Rejects with what it complained about. */
export async function runStation(
  args: readonly string[],
  how: { env: Record<string, string | undefined>; cwd: string },
): Promise<unknown> {
  const { stdout, stderr, code } = await runProgram(
    process.execPath,
    [builtProgram('station'), ...args, '--json'],
    how,
  );
  if (code === 0) return JSON.parse(stdout.toString());
  throw new Error(`station ${args.join(' ')} failed: ${stderr || stdout.toString()}`);
}
