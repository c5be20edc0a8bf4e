import { once } from 'node:events';
import { join } from 'node:path';
import {
  findFfmpeg,
  findRedisServer,
  identify,
  type ProcessIdentity,
  projectCacheDirectory,
  startRedisServer,
} from '../binaries/index.ts';
import { KeptRunning, ReleaseStack, type Running } from '../runtime/index.ts';
import { keepDemoOnAir } from './demo.ts';
import { untilOk } from './http-probe.ts';
import { plainLogView, readableLogView } from './log-view.ts';
import { startNodeProgram } from './node-program.ts';
import { freePort } from './port.ts';
import type { Addresses, Run } from './run-context.ts';
import { RunRecord } from './run-record.ts';
import { type LaunchSettings, readLaunchSettings } from './settings.ts';
import { makeFirstThings } from './station-command.ts';
import { listenForStop } from './stop-request.ts';
import { welcome } from './welcome.ts';

/** Everything has to be ready within this time, in ms. */
const READY_TIMEOUT_MS = 60_000;
/** Time that another user of the data folder, such as `npm run station`, gets to end, in ms. */
const REDIS_PATIENCE_MS = 10_000;

/**
 * `npm start`: Redis, API and transcoder as children, until somebody asks to stop. Returns the exit code; everything is
 * stopped then.
 */
export async function start(root: string): Promise<number> {
  const begun = Date.now();
  const kept: KeptRunning[] = [];
  const stopRequest = listenForStop(() => {
    for (const child of kept) child.kill();
    process.exit(130);
  });
  const stack = new ReleaseStack();
  let fault: string | undefined;
  try {
    const settings = readLaunchSettings();
    const view = process.stdout.isTTY ? readableLogView(settings.verbose) : plainLogView();
    const record = await RunRecord.take(settings.dataDir, parentNpm());
    stack.defer(() => record.close());
    const giveUp = (why: string) => {
      fault ??= why;
      stopRequest.stop('a program cannot be kept running');
    };
    await serve({ root, settings, view, stopRequest, record, stack, kept, giveUp }, begun);
    view.say(`stopping (${String(stopRequest.signal.reason)})`);
    record.note({ stopping: true });
  } catch (error) {
    // What fails after a wish to stop fails because of it.
    if (!stopRequest.signal.aborted) fault = explain(error);
  }
  await stack.close().catch((error: unknown) => {
    fault ??= explain(error);
  });
  if (fault !== undefined) process.stderr.write(`\n${fault}\n`);
  return fault === undefined ? 0 : 1;
}

/** Runs until somebody asks to stop. Rejects when it cannot start. */
async function serve(run: Run, begun: number): Promise<void> {
  const { settings, stopRequest, view } = run;
  const { signal } = stopRequest;
  const port = await freePort(settings.host, settings.port);
  const redisUrl = settings.redisUrl ?? (await startEmbeddedRedis(run));
  const addresses = addressesOf(settings, port);
  run.record.note({ redisUrl, url: addresses.shown });
  const ffmpeg = await findFfmpeg({
    explicitPath: settings.ffmpegPath,
    onWarning: (line) => view.say(`note: ${line}`),
  });
  const env = { REDIS_URL: redisUrl, FFMPEG_PATH: ffmpeg.path, DATA_DIR: settings.dataDir, PORT: String(port) };
  // Stopped in the opposite order: first the API, then the transcoder that finishes what it has.
  for (const program of ['transcoder', 'api'] as const) await startProgram(run, program, env);
  const firstThings = makeFirstThings(run, env);
  try {
    await untilOk(`${addresses.local}/readyz`, { timeoutMs: READY_TIMEOUT_MS, signal });
  } finally {
    await firstThings;
  }
  for (const child of run.kept) child.trust();
  await welcome({ addresses, first: await firstThings, view, tookMs: Date.now() - begun });
  if (settings.demo) await keepDemoOnAir(run, { addresses, env, cacheDir: projectCacheDirectory() });
  if (!signal.aborted) await once(signal, 'abort');
}

async function startEmbeddedRedis(run: Run): Promise<string> {
  const { settings, view } = run;
  const program = await findRedisServer({ onProgress: (line) => view.say(`Redis: ${line}`) });
  let url = '';
  const begin = async (): Promise<Running> => {
    const server = await startRedisServer({
      program,
      directory: join(settings.dataDir, 'redis'),
      patienceMs: REDIS_PATIENCE_MS,
      signal: run.stopRequest.signal,
    });
    run.record.addChild(server.pid);
    url = server.url;
    return server;
  };
  await keep(run, 'Redis', begin);
  return url;
}

async function startProgram(run: Run, program: 'api' | 'transcoder', env: Record<string, string>): Promise<void> {
  const begin = async (): Promise<Running> => {
    const child = startNodeProgram({
      main: join(run.root, program, 'dist', 'main.js'),
      cwd: run.root,
      env,
      onLine: (line, from) => run.view.line(program, line, from),
    });
    run.record.addChild(child.pid);
    return child;
  };
  await keep(run, program, begin);
}

async function keep(run: Run, name: string, begin: () => Promise<Running>): Promise<void> {
  run.stopRequest.signal.throwIfAborted();
  const child = new KeptRunning({ name, start: begin, say: run.view.say, giveUp: run.giveUp });
  run.kept.push(child);
  run.stack.use(child);
  await child.begin();
}

function addressesOf(settings: LaunchSettings, port: number): Addresses {
  const scheme = settings.tls ? 'https' : 'http';
  const wild = new Map([
    ['0.0.0.0', '127.0.0.1'],
    ['::', '[::1]'],
  ]);
  const host = wild.get(settings.host) ?? (settings.host.includes(':') ? `[${settings.host}]` : settings.host);
  const everywhere = wild.has(settings.host) || host === '127.0.0.1' || host === '[::1]';
  const shownHost = everywhere ? 'localhost' : host;
  return { local: `${scheme}://${host}:${port}`, shown: settings.publicUrl ?? `${scheme}://${shownHost}:${port}` };
}

/** The npm that started this process, if one did. */
function parentNpm(): ProcessIdentity | undefined {
  return process.env.npm_lifecycle_event === undefined ? undefined : identify(process.ppid);
}

/** A fault that a person can mend is told by its message, one of ours by its stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const ours = [TypeError, ReferenceError, RangeError].some((kind) => error instanceof kind);
  return ours ? (error.stack ?? error.message) : error.message;
}
