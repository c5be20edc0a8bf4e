// @ts-check
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildAll } from './build.mjs';
import { installPackages } from './packages.mjs';
import { SetUpFault } from './set-up-fault.mjs';
import { takeSetUpLock } from './set-up-lock.mjs';

/** The folder of the whole project. */
export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const OLDEST_NODE = [20, 19];

/** Throws with what to do when this Node is too old to run the project. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = OLDEST_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  throw new SetUpFault(
    `Node ${OLDEST_NODE.join('.')} or later is needed, but this is ${process.versions.node} (${process.execPath}). ` +
      'Get one from https://nodejs.org and run the same command again.',
  );
}

/**
 * Makes a fresh clone ready: Node's version, packages, build. Does only what is missing.
 * @param {import('./progress.mjs').Progress} progress
 * @param {{ build?: boolean }} [options]
 */
export async function setUp(progress, { build = true } = {}) {
  requireNode();
  const release = await takeSetUpLock(ROOT, progress);
  try {
    await installPackages(ROOT, progress);
    if (build) await buildAll(ROOT, progress);
  } finally {
    release();
  }
}

/**
 * Loads a built module; only after `setUp`.
 * @param {string} path below the project's folder
 * @returns {Promise<Record<string, any>>}
 */
export function loadBuilt(path) {
  return import(pathToFileURL(join(ROOT, path)).href);
}

/**
 * Runs a program's main part; a fault that a person can mend is printed without a stack.
 * @param {() => Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main();
  } catch (error) {
    const fault = error instanceof SetUpFault;
    const text = fault ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${text}\n`);
    process.exit(fault ? error.exitCode : 1);
  }
}
