// @ts-check
import { createProgress } from './progress.mjs';
import { loadBuilt, ROOT, runMain, setUp } from './set-up.mjs';

await runMain(async () => {
  process.chdir(ROOT);
  await setUp(createProgress(process.stdout));
  const { start } = await loadBuilt('infra/dist/launch/start.js');
  process.exit(await start(ROOT));
});
