// @ts-check
import { createProgress } from './progress.mjs';
import { loadBuilt, ROOT, runMain, setUp } from './set-up.mjs';
import { SetUpFault } from './set-up-fault.mjs';

/** The programs that `npm run NAME` starts, and whether a running server's Redis is theirs too. */
const PROGRAMS = new Map([
  ['api', { main: 'api/dist/main.js', redis: 'running' }],
  ['transcoder', { main: 'transcoder/dist/main.js', redis: 'running' }],
  ['station', { main: 'api/dist/stations/cli.js', redis: 'own' }],
  ['push', { main: 'player/dist/push/main.js', redis: 'none' }],
  ['check', { main: 'api/dist/check/main.js', redis: 'none' }],
  ['bench', { main: 'infra/dist/bench/main.js', redis: 'running' }],
  ['interop', { main: 'infra/dist/interop/main.js', redis: 'none' }],
]);

await runMain(async () => {
  const [name = '', ...args] = process.argv.slice(2);
  const program = PROGRAMS.get(name);
  if (program === undefined)
    throw new SetUpFault(`There is no program "${name}". Known: ${[...PROGRAMS.keys()].join(', ')}.`);
  const cwd = process.env.INIT_CWD ?? process.cwd();
  process.chdir(ROOT);
  // Standard output belongs to the program.
  await setUp(createProgress(process.stderr));
  const { runProgramOf } = await loadBuilt('infra/dist/launch/run-named.js');
  await runProgramOf({ root: ROOT, cwd, args, ...program });
});
