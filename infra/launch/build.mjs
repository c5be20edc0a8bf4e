// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SetUpFault } from './set-up-fault.mjs';
import { lastLines, runTool } from './tool-process.mjs';

const BUILD_TIMEOUT_MS = 10 * 60_000;
const WORKSPACES = ['infra', 'transcoder', 'api', 'player'];
const SINGLE_INPUTS = ['package.json', 'package-lock.json', 'turbo.json'];
/** What a build leaves; one missing means that it has to be done again. */
const OUTPUTS = ['infra/dist', 'transcoder/dist', 'api/dist', 'player/dist', 'player/dist-pages'];
/** Folders that are no input: results, packages, and prose. */
const NO_INPUTS = new Set([
  'node_modules',
  'dist',
  'dist-pages',
  '.turbo',
  'docs',
  'docker',
  'grafana',
  'nginx',
  'k8s',
]);

/**
 * Builds all workspaces, unless nothing has changed since the last good build.
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 */
export async function buildAll(root, progress) {
  const stamp = join(root, 'node_modules', '.cache', 'awaz', 'built');
  const wanted = fingerprint(root);
  if (OUTPUTS.every((folder) => existsSync(join(root, folder))) && readOrEmpty(stamp) === wanted) return;
  const step = progress.begin('building');
  const result = await runTurbo(root);
  if (result.code !== 0) {
    step.end('failed');
    const why = result.cut ? 'The build took too long.' : 'The build failed.';
    throw new SetUpFault(`${lastLines(result.output, 60)}\n\n${why} Nothing was started.`);
  }
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, wanted);
  step.end();
}

/** @param {string} root */
function runTurbo(root) {
  const turbo = join(root, 'node_modules', '.bin', 'turbo');
  return runTool([turbo, 'run', 'build', '--output-logs=errors-only', '--log-order=grouped', '--concurrency=2'], {
    cwd: root,
    env: {
      ...process.env,
      TURBO_TELEMETRY_DISABLED: '1',
      TURBO_NO_UPDATE_NOTIFIER: '1',
      DO_NOT_TRACK: '1',
      NO_COLOR: '1',
    },
    timeoutMs: BUILD_TIMEOUT_MS,
  });
}

/**
 * Changes when an input of the build changes: paths, sizes and times of change are enough, and quick to read.
 * @param {string} root
 */
function fingerprint(root) {
  const hash = createHash('sha256').update(process.versions.node);
  for (const name of SINGLE_INPUTS) note(hash, root, name);
  for (const workspace of WORKSPACES) walk(hash, root, workspace);
  return hash.digest('hex');
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} root
 * @param {string} folder
 */
function walk(hash, root, folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!NO_INPUTS.has(entry.name)) walk(hash, root, path);
    } else if (!entry.name.endsWith('.mjs')) note(hash, root, path);
  }
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} root
 * @param {string} path
 */
function note(hash, root, path) {
  const { size, mtimeMs } = statSync(join(root, path), { throwIfNoEntry: false }) ?? { size: -1, mtimeMs: 0 };
  hash.update(`${path}\0${size}\0${mtimeMs}\n`);
}

/** @param {string} file */
function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
