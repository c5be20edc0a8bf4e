// @ts-check
import { join } from 'node:path';
import { buildAll } from './build.mjs';
import { SetUpFault } from './set-up-fault.mjs';
import { takeSetUpLock } from './set-up-lock.mjs';
import { runTool } from './tool-process.mjs';

/** @typedef {{ root: string, progress: import('./progress.mjs').Progress, tally: import('./tally.mjs').Tally }} TestRun */

const CHECK_TIMEOUT_MS = 3 * 60_000;

/**
 * The linter over everything; warnings count.
 * @param {TestRun} run
 */
export function checkLint(run) {
  return check(run, 'lint', ['biome', 'check', '--error-on-warnings', '--max-diagnostics=60', '.']);
}

/**
 * The build, which checks the types, and the types of the scripts that are not built.
 * @param {TestRun} run
 * @returns {Promise<boolean>}
 */
export async function checkTypes(run) {
  const release = await takeSetUpLock(run.root, run.progress);
  try {
    await buildAll(run.root, run.progress);
  } catch (error) {
    if (!(error instanceof SetUpFault) || error.exitCode !== 1) throw error;
    run.progress.say(error.message);
    run.tally.fail('types');
    return false;
  } finally {
    release();
  }
  return check(run, 'types', ['tsc', '-p', join('infra', 'launch', 'tsconfig.json')]);
}

/**
 * Who may import whom.
 * @param {TestRun} run
 */
export function checkDirections(run) {
  const folders = ['infra', 'transcoder', 'api', 'player'];
  return check(run, 'directions', ['depcruise', '--config', '.dependency-cruiser.cjs', ...folders]);
}

/**
 * Runs a tool of node_modules; its output is shown when it fails.
 * @param {TestRun} run
 * @param {string} name
 * @param {string[]} command
 */
async function check({ root, progress, tally }, name, [tool = '', ...args]) {
  const step = progress.begin(name);
  const program = join(root, 'node_modules', '.bin', tool);
  const { code, output, cut } = await runTool([program, ...args], { cwd: root, timeoutMs: CHECK_TIMEOUT_MS });
  if (code === 0) {
    step.end();
    tally.pass(1);
    return true;
  }
  step.end(cut === 'timeout' ? `not done within ${CHECK_TIMEOUT_MS / 1000} s` : 'failed');
  progress.say(output.trimEnd());
  tally.fail(name);
  return false;
}
