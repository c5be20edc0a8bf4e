// @ts-check
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { runTool } from './tool-process.mjs';

/** A Jest that has told its results must end by itself within this time, in ms. */
const EXIT_GRACE_MS = 10_000;

/** Variables of a person's own server that must not reach the servers of the tests. */
const OWN_SETTINGS = [
  ...[
    'PORT',
    'HOST',
    'DATA_DIR',
    'REDIS_URL',
    'PUBLIC_URL',
    'JWT_SECRET',
    'ADMIN_EMAIL',
    'ADMIN_PASSWORD',
    'LOG_LEVEL',
  ],
  ...['TLS_CERT', 'TLS_KEY', 'PART_TARGET_MS', 'LADDER', 'TRUST_PROXY', 'CORS_ORIGINS', 'DEMO', 'ORIGIN_WORKERS'],
  'WEBHOOK_ALLOW_PRIVATE',
  ...['MAX_LISTENERS', 'MAX_PUBLISHERS', 'MAX_CPU_PERCENT'],
];

/**
 * @typedef {object} JestPlan
 * @property {string} name for messages
 * @property {string[]} args
 * @property {number} timeoutMs
 */

/**
 * Runs Jest on the built files and counts its tests.
 * @param {import('./check-steps.mjs').TestRun} run
 * @param {JestPlan} plan
 * @returns {Promise<number>} how many tests there were
 */
export async function runJest({ root, progress, tally }, { name, args, timeoutMs }) {
  progress.say(`\n${name} tests`);
  const work = mkdtempSync(join(tmpdir(), 'awaz-jest-'));
  const results = join(work, 'results.json');
  try {
    const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
    const fixed = [
      '-c',
      join('infra', 'jest.config.js'),
      '--ci',
      '--passWithNoTests',
      '--json',
      `--outputFile=${results}`,
    ];
    const { code, cut } = await runTool([process.execPath, jest, ...fixed, ...args], {
      ...{ cwd: root, env: jestEnvironment(), timeoutMs, show: true },
      overdue: () => Date.now() - (statSync(results, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > EXIT_GRACE_MS,
    });
    if (cut === 'timeout') tally.fail(`${name} tests: not done within ${timeoutMs / 1000} s`);
    if (cut === 'overdue') {
      tally.fail(
        `${name} tests: Jest did not end within ${EXIT_GRACE_MS / 1000} s after its results (a handle is left open)`,
      );
    }
    const outcome = readOutcome(results);
    if (outcome === undefined) {
      if (cut === undefined) tally.fail(`${name} tests: Jest ended with code ${code} and told no results`);
      return 0;
    }
    return count(outcome, { root, tally });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @typedef {{ fullName: string, status: string }} TestOutcome
 * @typedef {{ name: string, status: string, assertionResults: TestOutcome[] }} FileOutcome
 */

/**
 * @param {FileOutcome[]} files
 * @param {Pick<import('./check-steps.mjs').TestRun, 'root' | 'tally'>} run
 */
function count(files, { root, tally }) {
  let tests = 0;
  for (const { name, status, assertionResults } of files) {
    const file = relative(root, name);
    tests += assertionResults.length;
    tally.pass(assertionResults.filter((test) => test.status === 'passed').length);
    const bad = assertionResults.filter((test) => test.status !== 'passed');
    for (const test of bad) {
      tally.fail(`${test.fullName} (${file}${test.status === 'failed' ? '' : `, ${test.status}`})`);
    }
    if (status === 'failed' && bad.length === 0) tally.fail(`${file} could not be run`);
  }
  return tests;
}

/**
 * @param {string} file
 * @returns {FileOutcome[] | undefined}
 */
function readOutcome(file) {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')).testResults;
  } catch {
    return undefined;
  }
}

function jestEnvironment() {
  const env = { ...process.env, NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' };
  for (const name of OWN_SETTINGS) Reflect.deleteProperty(env, name);
  return env;
}

/**
 * Removes built tests whose source is gone: they would be run for ever.
 * @param {string} root
 */
export function removeStaleTests(root) {
  for (const workspace of ['infra', 'transcoder', 'api', 'player']) {
    const dist = join(root, workspace, 'dist');
    const source = workspace === 'infra' ? join(root, workspace) : join(root, workspace, 'src');
    for (const name of /** @type {string[]} */ (readdirSync(dist, { recursive: true }))) {
      if (!name.endsWith('.test.js')) continue;
      const stem = join(source, name.slice(0, -'.js'.length));
      if (!existsSync(`${stem}.ts`) && !existsSync(`${stem}.tsx`)) rmSync(join(dist, name));
    }
  }
}
