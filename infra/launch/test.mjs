// @ts-check
import { checkDirections, checkLint, checkTypes } from './check-steps.mjs';
import { removeStaleTests, runJest } from './jest-run.mjs';
import { createProgress } from './progress.mjs';
import { loadBuilt, ROOT, runMain, setUp } from './set-up.mjs';
import { Tally } from './tally.mjs';

const TESTS_TIMEOUT_MS = 20 * 60_000;
const E2E_TIMEOUT_MS = 30 * 60_000;
/** Longest time of one end-to-end test, in ms. */
const ONE_E2E_TEST_MS = 180_000;
const E2E_FILES = '\\.e2e\\.test\\.js$';

/** @typedef {import('./check-steps.mjs').TestRun} TestRun */

/**
 * Other people's programs that the tests need; each is found and tried out before the first test.
 * @param {TestRun} run
 */
async function findPrograms({ progress, tally }) {
  const binaries = await loadBuilt('infra/dist/binaries/index.js');
  const onProgress = (/** @type {string} */ line) => progress.say(`  ${line}`);
  const searches = [
    { name: 'Redis', find: () => binaries.findRedisServer({ onProgress }) },
    { name: 'ffmpeg', find: () => binaries.findFfmpeg({ onWarning: onProgress }) },
    { name: 'Chromium', find: () => binaries.findChromium({ onProgress }) },
  ];
  for (const { name, find } of searches) {
    const step = progress.begin(`looking for ${name}`);
    try {
      const { path, executablePath, version = '' } = await find();
      step.end([executablePath ?? path, version].join(' ').trim());
    } catch (error) {
      step.end('failed');
      progress.say(/** @type {Error} */ (error).message);
      tally.fail(`${name} was not found`);
    }
  }
}

/**
 * @param {TestRun} run
 * @param {string[]} patterns
 */
async function runTests(run, patterns) {
  removeStaleTests(ROOT);
  // Many of these wait for sockets and clocks most of their time.
  const fast = {
    name: 'unit and flow',
    args: ['--maxWorkers=3', '--testPathIgnorePatterns', E2E_FILES, ...asPatterns(patterns)],
  };
  const slow = {
    name: 'end-to-end',
    args: [
      '--testMatch',
      '**/*.e2e.test.js',
      '--runInBand',
      `--testTimeout=${ONE_E2E_TEST_MS}`,
      ...asPatterns(patterns),
    ],
  };
  const tests =
    (await runJest(run, { ...fast, timeoutMs: TESTS_TIMEOUT_MS })) +
    (await runJest(run, { ...slow, timeoutMs: E2E_TIMEOUT_MS }));
  if (tests === 0)
    run.tally.fail(patterns.length === 0 ? 'no test was found' : `no test matches ${patterns.join(' ')}`);
}

/** @param {string[]} patterns */
function asPatterns(patterns) {
  return patterns.length === 0 ? [] : ['--testPathPatterns', ...patterns];
}

await runMain(async () => {
  process.chdir(ROOT);
  const progress = createProgress(process.stdout);
  const patterns = process.argv.slice(2);
  const run = { root: ROOT, progress, tally: new Tally() };
  await setUp(progress, { build: false });
  // Who names test files wants those alone.
  if (patterns.length === 0) await checkLint(run);
  const built = await checkTypes(run);
  if (patterns.length === 0) await checkDirections(run);
  if (built) {
    await findPrograms(run);
    await runTests(run, patterns);
  }
  progress.say(`\n${run.tally.summary()}`);
  process.exit(run.tally.failures.length === 0 ? 0 : 1);
});
