import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findRedisServer, startRedisServer } from '../binaries/index.ts';
import { childEnv, commonEnv, loadDotEnv, parseEnv } from '../runtime/index.ts';
import { runningLauncher } from './run-record.ts';

/** Which program is run, and with what. */
export type NamedProgram = {
  /** The project's folder. */
  root: string;
  /** Where the person stands who wrote the command. */
  cwd: string;
  args: readonly string[];
  /** Its main module, below the project's folder. */
  main: string;
  /**
   * Which Redis it gets when REDIS_URL is unset: that of a running `npm start`; the same, or its own while it runs; or it
   * needs none, and works in the folder of the person.
   */
  redis: 'running' | 'own' | 'none';
};

/** Time that another short command gets to end before this one uses the same data, in ms. */
const REDIS_PATIENCE_MS = 10_000;

/** Runs a program in this very process, so that input, output and signals are its own. */
export async function runProgramOf(program: NamedProgram): Promise<void> {
  const main = join(program.root, program.main);
  if (program.redis === 'none') process.chdir(program.cwd);
  else {
    loadDotEnv();
    const { REDIS_URL, DATA_DIR } = parseEnv({
      REDIS_URL: commonEnv.REDIS_URL.optional(),
      DATA_DIR: commonEnv.DATA_DIR,
    });
    const dataDir = resolve(DATA_DIR);
    const running = REDIS_URL === undefined ? runningLauncher(dataDir) : undefined;
    const redisUrl = REDIS_URL ?? running?.redisUrl;
    // The links it prints are those of the server that runs.
    if (program.redis === 'own' && running?.url !== undefined) process.env.PUBLIC_URL ||= running.url;
    if (redisUrl === undefined && program.redis === 'own') return runWithOwnRedis(program, dataDir);
    if (redisUrl !== undefined) process.env.REDIS_URL = redisUrl;
  }
  process.argv = [process.execPath, main, ...program.args];
  await import(pathToFileURL(main).href);
}

/** Nothing runs on the data: Redis is started for as long as the program takes. */
async function runWithOwnRedis(program: NamedProgram, dataDir: string): Promise<void> {
  const say = (line: string) => void process.stderr.write(`Redis: ${line}\n`);
  const redis = await startRedisServer({
    program: await findRedisServer({ onProgress: say }),
    directory: join(dataDir, 'redis'),
    patienceMs: REDIS_PATIENCE_MS,
  });
  // The child is told of Ctrl-C by the terminal itself; this process has to outlive it.
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  const child = spawn(process.execPath, [join(program.root, program.main), ...program.args], {
    stdio: 'inherit',
    env: childEnv({ REDIS_URL: redis.url }),
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, pass);
  try {
    await once(child, 'exit');
  } finally {
    await redis.close();
  }
  process.exit(child.exitCode ?? 1);
}
