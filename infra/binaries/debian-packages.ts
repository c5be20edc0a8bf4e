import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { capture, complaint } from './capture.ts';
import { findOnPath } from './places.ts';

/** What is to be unpacked where; see {@link unpackDebianPackages}. */
export type DebianCopy = {
  /** The package that is wanted; what it needs and the system lacks is fetched with it. */
  wanted: string;
  /** Fetched when the packager cannot tell what is needed. */
  atLeast: readonly string[];
  /** Folder that the files appear in; it exists only when it is complete. */
  target: string;
  /** Told what is being done. */
  onProgress: (line: string) => void;
};

/** Downloading may be slow, but not endless. */
const APT_TIMEOUT_MS = 180_000;

/** Whether this system has the packager of Debian and Ubuntu. */
export function hasDebianPackages(): boolean {
  return findOnPath('apt-get').length > 0 && findOnPath('dpkg').length > 0;
}

/**
 * Fetches packages of the distribution and unpacks them into a private folder. Installs nothing and needs no root.
 * Rejects with what the packager said.
 */
export async function unpackDebianPackages(copy: DebianCopy): Promise<void> {
  if (existsSync(copy.target)) return;
  mkdirSync(dirname(copy.target), { recursive: true });
  const work = mkdtempSync(`${copy.target}.`);
  try {
    const files = join(work, 'files');
    mkdirSync(files);
    for (const deb of await download(copy, work)) {
      const unpacked = await capture('dpkg', ['-x', deb, files], { cwd: work });
      if (unpacked.code !== 0) throw new Error(`dpkg could not unpack ${deb}: ${complaint(unpacked)}`);
    }
    moveInto(files, copy.target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function download(copy: DebianCopy, work: string): Promise<string[]> {
  const ownLists = await ownListOptions(work);
  const faults: string[] = [];
  // The system's own lists may be missing (never updated) or too old for the mirror.
  for (const [index, options] of [[], ownLists].entries()) {
    if (index === 1) {
      copy.onProgress(`reading the distribution's package lists (for ${copy.wanted})`);
      const update = await apt(['update', '-qq', ...options], work);
      if (update.code !== 0) faults.push(`apt-get update: ${complaint(update)}`);
    }
    const names = await namesOf(copy, work, options);
    copy.onProgress(`fetching ${names.join(', ')} from the distribution`);
    const fetched = await apt(['download', '-qq', ...options, ...names], work);
    const debs = readdirSync(work).filter((name) => name.endsWith('.deb'));
    if (fetched.code === 0 && debs.length >= names.length) return debs;
    faults.push(`apt-get download: ${complaint(fetched)}`);
  }
  throw new Error(faults.join('; '));
}

/** What the wanted package needs and the system does not have, by the packager's own reckoning. */
async function namesOf(copy: DebianCopy, work: string, options: string[]): Promise<string[]> {
  const plan = await apt(['install', '--print-uris', '-qq', '--no-install-recommends', ...options, copy.wanted], work);
  const names = plan.stdout
    .toString()
    .split('\n')
    .map((line) => / ([a-z0-9][a-z0-9+.-]*)_\S+\.deb /.exec(line)?.[1])
    .filter((name) => name !== undefined);
  return plan.code === 0 && names.includes(copy.wanted) ? names : [...copy.atLeast];
}

function apt(args: string[], work: string): ReturnType<typeof capture> {
  // Without root there is nothing to lock; with root the fetch must not change to a user who cannot write here.
  const always = ['-o', 'Debug::NoLocking=1', '-o', 'APT::Sandbox::User=root'];
  return capture('apt-get', [...always, ...args], { cwd: work, timeoutMs: APT_TIMEOUT_MS });
}

async function ownListOptions(work: string): Promise<string[]> {
  const lists = join(work, 'lists');
  const cache = join(work, 'cache');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  mkdirSync(join(cache, 'archives', 'partial'), { recursive: true });
  return ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${cache}`];
}

function moveInto(files: string, target: string): void {
  try {
    renameSync(files, target);
  } catch (error) {
    // Another process was quicker; its copy is as good.
    if (!existsSync(target)) throw error;
  }
}
