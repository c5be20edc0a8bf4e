import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { capture, findOnPath, projectCacheDirectory, projectRoot } from '../../binaries/index.ts';
import { pinned } from './pinning.ts';

/** Where the generator's sources are, from the root of the project. */
const SOURCES = ['infra', 'bench', 'llhls-load'];

/** What the generator is to do; see its README. */
export type LoadRequest = {
  /** Multivariant playlist of HLS listeners, or the address of a progressive stream. */
  url: string;
  mode: 'listeners' | 'progressive';
  count: number;
  /** Time over which the starts are spread, in seconds. */
  rampS: number;
  /** Length of the measured window, in seconds. */
  seconds: number;
  /** Process whose CPU and memory are read, with its descendants. */
  pid: number;
  /** Whether requests carry the header lines of a desktop browser; otherwise three short ones. */
  browser?: boolean;
  /** Core that it runs on. */
  core: number;
};

/** Distribution of a time in ms. */
export type Quantiles = { p50: number; p95: number; p99: number; max: number };

/** What the generator measured; what does not concern its mode is missing. */
export type LoadResult = {
  seconds: number;
  connected: number;
  /** Answers per second. */
  reqs: number;
  errors: number;
  keep_up?: number;
  on_time?: number;
  /** First appearance of a part to its last byte at each listener. */
  fanout_ms?: Quantiles;
  /** Connect to first part played, whole run. */
  join_ms?: Quantiles;
  publish_lag_ms?: Quantiles;
  streams?: number;
  kbit_p50?: number;
  good?: number;
  gap_p99?: number;
  err_bytes: number;
  server_cores: number;
  server_rss: number;
  /** Cores the generator itself used; above 0.92 the figures are its own limit. */
  own_cores: number;
  /** Busy cores of the machine, all programs together. */
  busy_cores: number;
};

/** A generator that is built and can be run. */
export type LoadGenerator = (request: LoadRequest) => Promise<LoadResult>;

/** Builds the generator, if it is not built yet. Rejects with what is missing. */
export async function buildLoadGenerator(): Promise<LoadGenerator> {
  for (const tool of ['make', 'cc']) {
    if (findOnPath(tool).length === 0) {
      throw new Error(
        `${tool} was not found; the load generator is C. On Debian: apt install build-essential zlib1g-dev.`,
      );
    }
  }
  const folder = join(projectCacheDirectory(), 'llhls-load');
  await mkdir(folder, { recursive: true });
  for (const file of ['Makefile', 'llhls-load.c'])
    await copyFile(join(projectRoot(), ...SOURCES, file), join(folder, file));
  const made = await capture('make', ['-C', folder, 'CC=cc'], { timeoutMs: 120_000 });
  if (made.code !== 0)
    throw new Error(`The load generator could not be built:\n${made.stderr || made.stdout.toString()}`);
  return (request) => run(join(folder, 'llhls-load'), request);
}

async function run(program: string, request: LoadRequest): Promise<LoadResult> {
  const settleS = 2;
  const options = [
    ...['--url', request.url, `--${request.mode}`, String(request.count), '--pid', String(request.pid)],
    ...['--ramp', String(request.rampS), '--settle', String(settleS), '--seconds', String(request.seconds)],
    ...(request.mode === 'listeners' ? ['--gzip', '--late', '192'] : []),
    ...(request.browser ? ['--browser'] : []),
    '--json',
  ];
  const { path, args } = pinned(request.core, program, options);
  const timeoutMs = (request.rampS + settleS + request.seconds + 30) * 1000;
  const { code, stdout, stderr } = await capture(path, args, { timeoutMs });
  const line = stdout
    .toString()
    .split('\n')
    .findLast((text) => text.startsWith('{'));
  if (code !== 0 || line === undefined)
    throw new Error(`The load generator failed (${code}): ${stderr || stdout.toString()}`);
  return JSON.parse(line) as LoadResult;
}
