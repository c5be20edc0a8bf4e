import { fileURLToPath } from 'node:url';
import { freePort } from '../../e2e/free-port.ts';
import { builtProgram } from '../../e2e/stack.ts';
import { spawnProgram, type TestProgram, until } from '../../testkit/index.ts';
import { pinned } from './pinning.ts';

/** A server under load. `close` ends it and may be called again. */
export type ServerProcess = { url: string; pid: number; program: TestProgram; close(): Promise<void> };

/** Variables of a person's own server that must not change what is measured. */
const OWN_SETTINGS = {
  PUBLIC_URL: undefined,
  TLS_CERT: undefined,
  TLS_KEY: undefined,
  LADDER: undefined,
  TRUST_PROXY: undefined,
  CORS_ORIGINS: undefined,
  NODE_ENV: 'production',
};

/** Where and how a server is started. */
export type ServerPlace = {
  /** Cores that it may use, like `0` or `0,1`. */
  cores: number | string;
  /** Working directory, and folder of its data. */
  folder: string;
  redisUrl: string;
  /** Any free one when left out. */
  port?: number;
  /** Further variables. */
  env?: Record<string, string>;
};

/** What the server does beyond its usual limits is measured, too. */
const UNLIMITED = { MAX_LISTENERS: '1000000', MAX_CPU_PERCENT: '100' };

/** The product's own API program; with one worker unless the variables say otherwise. */
export async function startOriginProcess(place: ServerPlace): Promise<ServerProcess> {
  const { cores, folder, redisUrl, env, port = await freePort() } = place;
  const settings = { REDIS_URL: redisUrl, DATA_DIR: folder, HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'warn' };
  const { path, args } = pinned(cores, process.execPath, [builtProgram('api')]);
  const program = spawnProgram(path, args, {
    cwd: folder,
    env: { ...OWN_SETTINGS, ...UNLIMITED, ...settings, ORIGIN_WORKERS: '1', ...env },
  });
  return whenAlive(program, port);
}

/** The baseline: Koa and koa-router, with what it answers mirrored from an origin. */
export async function startKoaProcess(
  upstream: string,
  { cores, folder }: Omit<ServerPlace, 'redisUrl'>,
): Promise<ServerProcess> {
  const port = await freePort();
  const main = fileURLToPath(new URL('koa-main.js', import.meta.url));
  const { path, args } = pinned(cores, process.execPath, [main, upstream, String(port)]);
  return whenAlive(spawnProgram(path, args, { cwd: folder, env: OWN_SETTINGS }), port);
}

/** Waits until `/healthz` is answered. Rejects with what the program said, after ending it. */
export async function whenAlive(program: TestProgram, port: number): Promise<ServerProcess> {
  const url = `http://127.0.0.1:${port}`;
  try {
    await until(async () => (await fetch(`${url}/healthz`)).ok, { timeoutMs: 30_000, what: `${url}/healthz is 200` });
  } catch (error) {
    await program.close();
    throw new Error(`${(error as Error).message}\n${program.stdout()}${program.stderr()}`, { cause: error });
  }
  return { url, pid: program.pid, program, close: () => program.close() };
}
