// @ts-check
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { SetUpFault } from './set-up-fault.mjs';
import { lastLines, runTool } from './tool-process.mjs';

const INSTALL_TIMEOUT_MS = 20 * 60_000;

/**
 * Installs the packages that the lock file names, unless they are there already. `npm ci` empties node_modules first, so
 * an install that was cut short has no stamp and is done again.
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 */
export async function installPackages(root, progress) {
  const stamp = join(root, 'node_modules', '.cache', 'awaz', 'installed');
  const wanted = wantedStamp(root);
  const found = read(stamp);
  if (found === wanted) return;
  if (found === undefined && isInstalled(root)) return write(stamp, wanted);
  const step = progress.begin('installing packages (npm ci)');
  const { code, output, cut } = await runTool([...npm(), 'ci', '--no-audit', '--no-fund'], {
    cwd: root,
    env: npmEnvironment(root),
    timeoutMs: INSTALL_TIMEOUT_MS,
  });
  if (code !== 0) {
    step.end('failed');
    throw new SetUpFault(
      `${lastLines(output, 25)}\n\nnpm ci ${cut ? 'took too long' : `ended with code ${code}`}; nothing was started. ` +
        'The network or the npm registry may be out of reach. Check it and run the same command again.',
    );
  }
  write(stamp, wanted);
  step.end();
}

/**
 * What the installed packages depend on: the lock file, and the system they were chosen for.
 * @param {string} root
 */
function wantedStamp(root) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  const major = process.versions.node.split('.')[0];
  return `${hash.digest('hex')} node${major} ${process.platform}-${process.arch}`;
}

/** @typedef {{ packages?: Record<string, { version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean, link?: boolean }> }} LockFile */

/**
 * Whether somebody has installed by hand exactly what the lock file names. npm writes its own list last of all.
 * @param {string} root
 */
function isInstalled(root) {
  const there = read(join(root, 'node_modules', '.package-lock.json'));
  if (there === undefined) return false;
  try {
    /** @type {LockFile} */
    const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    /** @type {LockFile} */
    const installed = JSON.parse(there);
    return Object.entries(lock.packages ?? {}).every(([path, wanted]) => {
      if (!path.includes('node_modules/') || wanted.link || wanted.optional || wanted.devOptional) return true;
      return installed.packages?.[path]?.version === wanted.version && existsSync(join(root, path));
    });
  } catch {
    return false;
  }
}

/** The npm that started this program, or the one on PATH. */
function npm() {
  const path = process.env.npm_execpath;
  return path !== undefined && /npm-cli\.c?js$/.test(path) && existsSync(path) ? [process.execPath, path] : ['npm'];
}

/**
 * npm needs a place for its cache; a home folder may be missing or read-only.
 * @param {string} root
 */
function npmEnvironment(root) {
  const env = { ...process.env };
  if (env.npm_config_cache !== undefined && isWritable(env.npm_config_cache)) return env;
  if (isWritable(homedir())) return env;
  return { ...env, npm_config_cache: join(root, '.cache', 'npm') };
}

/**
 * Whether this folder, or the nearest one above it that exists, can be written to.
 * @param {string} folder
 */
function isWritable(folder) {
  try {
    const existing = existsSync(folder) ? folder : dirname(folder);
    accessSync(existing, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * @param {string} file
 * @param {string} text
 */
function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
