// @ts-check
import { createProgress } from './progress.mjs';
import { loadBuilt, ROOT, runMain, setUp } from './set-up.mjs';
import { SetUpFault } from './set-up-fault.mjs';
import { answersUsage } from './usage.mjs';

const API_USAGE = `npm run api

One API process alone: ingest, origin and pages; for several machines. Any number may run on one Redis, and any of them
answers any request. It needs REDIS_URL, or a running "npm start" with the same DATA_DIR.

  PORT, HOST         where it listens (8080, 0.0.0.0)
  PUBLIC_URL         its address as others see it
  TLS_CERT, TLS_KEY  files; with both, the port speaks TLS

The README tells of all settings. Ctrl-C or SIGTERM stops it.`;

const TRANSCODER_USAGE = `npm run transcoder

One transcoder alone, for several machines: takes broadcasts that wait for one. It needs REDIS_URL, or a running
"npm start" with the same DATA_DIR.

  TRANSCODER_SLOTS         broadcasts it takes (12 for each core)
  TRANSCODER_METRICS_PORT  where it answers /metrics (nowhere)
  FFMPEG_PATH              ffmpeg to use (looked for)

The README tells of all settings. Ctrl-C or SIGTERM stops it: its broadcasts go to the others before it ends.`;

/**
 * The programs that `npm run NAME` starts, and whether a running server's Redis is theirs too. One with a usage takes no
 * arguments; the others tell theirs themselves.
 * @type {Map<string, { main: string, redis: 'running' | 'own' | 'none', usage?: string }>}
 */
const PROGRAMS = new Map([
  ['api', { main: 'api/dist/main.js', redis: 'running', usage: API_USAGE }],
  ['transcoder', { main: 'transcoder/dist/main.js', redis: 'running', usage: TRANSCODER_USAGE }],
  ['station', { main: 'api/dist/stations/cli.js', redis: 'own' }],
  ['push', { main: 'player/dist/push/main.js', redis: 'none' }],
  ['check', { main: 'api/dist/check/main.js', redis: 'none' }],
  ['bench', { main: 'infra/dist/bench/main.js', redis: 'running' }],
  ['interop', { main: 'infra/dist/interop/main.js', redis: 'none' }],
  ['chaos', { main: 'infra/dist/chaos/main.js', redis: 'none' }],
]);

await runMain(async () => {
  const [name = '', ...args] = process.argv.slice(2);
  const program = PROGRAMS.get(name);
  if (program === undefined)
    throw new SetUpFault(`There is no program "${name}". Known: ${[...PROGRAMS.keys()].join(', ')}.`);
  if (program.usage !== undefined && answersUsage(program.usage, args)) return;
  const cwd = process.env.INIT_CWD ?? process.cwd();
  process.chdir(ROOT);
  // Standard output belongs to the program.
  await setUp(createProgress(process.stderr));
  const { runProgramOf } = await loadBuilt('infra/dist/launch/run-named.js');
  await runProgramOf({ root: ROOT, cwd, args, ...program });
});
