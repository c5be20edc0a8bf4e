// @ts-check
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetUpFault } from './set-up-fault.mjs';

/** Longest time to wait for another process that sets up, in ms. */
const WAIT_LIMIT_MS = 15 * 60_000;

/**
 * Lets one process at a time install and build: two at once would break each other's files. The answer gives it back.
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 */
export async function takeSetUpLock(root, progress) {
  const file = join(root, '.turbo', 'set-up.lock');
  mkdirSync(dirname(file), { recursive: true });
  const deadline = Date.now() + WAIT_LIMIT_MS;
  for (let told = false; ; ) {
    if (tryLock(file)) return () => rmSync(file, { force: true });
    const owner = Number(readOrEmpty(file));
    if (!isRunning(owner)) {
      rmSync(file, { force: true });
      continue;
    }
    if (Date.now() > deadline)
      throw new SetUpFault(`Process ${owner} has been setting up for too long. End it and try again.`);
    if (!told) progress.say(`waiting for process ${owner}, which is installing or building`);
    told = true;
    await sleep(200);
  }
}

/** @param {string} file */
function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw new SetUpFault(`Cannot write to the project's folder: ${/** @type {Error} */ (error).message}`);
  }
}

/** @param {string} file */
function readOrEmpty(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** @param {number} pid */
function isRunning(pid) {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
