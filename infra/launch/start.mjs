// @ts-check
import { createProgress } from './progress.mjs';
import { loadBuilt, ROOT, runMain, setUp } from './set-up.mjs';
import { answersUsage } from './usage.mjs';

const USAGE = `npm start

Installs and builds what is missing, then runs an embedded Redis, the API and a transcoder until Ctrl-C or SIGTERM.

  PORT, HOST    where it listens (8080, 0.0.0.0)
  DATA_DIR      what must survive a restart (./data)
  REDIS_URL     a Redis to use instead of an embedded one
  DEMO=1        a station that is on air at once

The README tells of all settings; a file .env is read.`;

await runMain(async () => {
  if (answersUsage(USAGE, process.argv.slice(2))) return;
  process.chdir(ROOT);
  await setUp(createProgress(process.stdout));
  const { start } = await loadBuilt('infra/dist/launch/start.js');
  process.exit(await start(ROOT));
});
