import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { childEnv } from '../runtime/index.ts';
import { capture, complaint } from './capture.ts';
import { hasDebianPackages, unpackDebianPackages } from './debian-packages.ts';
import { findOnPath, isExecutableFile, projectCacheDirectory } from './places.ts';
import { Verdicts } from './verdicts.ts';

/** A Redis or Valkey server program that was tried out. */
export type RedisProgram = {
  /** Full path of the program. */
  path: string;
  /** The environment it has to be started with. */
  env: Record<string, string>;
  /** Its version, for example `7.0.15`. */
  version: string;
  /** Where it was found. */
  source: 'PATH' | 'private copy';
};

/** How {@link findRedisServer} looks. */
export type RedisSearch = {
  /** Where a private copy is kept; the project's own cache when left out. */
  cacheDir?: string;
  /** Told what is being done when it takes longer than a moment. */
  onProgress?: (line: string) => void;
  /** Looked through instead of the PATH of this process. */
  path?: string;
};

/** Streams are trimmed by id and read by exclusive ranges: both came with 6.2. */
const OLDEST_VERSION = [6, 2] as const;

/**
 * Finds a Redis server that can be run as a private child: `valkey-server` or `redis-server` on PATH, then a private
 * copy of the distribution's packages (Debian, Ubuntu; nothing is installed, no root). Rejects with the one line that
 * installs it on this system.
 */
export async function findRedisServer(search: RedisSearch = {}): Promise<RedisProgram> {
  const cacheDir = search.cacheDir ?? projectCacheDirectory();
  const verdicts = new Verdicts(cacheDir);
  const faults: string[] = [];
  for (const name of ['valkey-server', 'redis-server']) {
    for (const path of findOnPath(name, search.path)) {
      const tried = await trial({ path, env: childEnv(), source: 'PATH' }, verdicts);
      if (typeof tried !== 'string') return tried;
      faults.push(tried);
    }
  }
  const copy = await privateCopy(cacheDir, verdicts, search.onProgress ?? (() => undefined));
  if (typeof copy !== 'string') return copy;
  throw new Error(
    `No Redis server can be run here (${[...faults, copy].join('; ')}).\n` +
      `Install one: ${installLine()}\nor set REDIS_URL to a server that runs already.`,
  );
}

async function privateCopy(
  cacheDir: string,
  verdicts: Verdicts,
  onProgress: (line: string) => void,
): Promise<RedisProgram | string> {
  const target = join(cacheDir, `redis-${process.arch}`);
  const candidate = () => ({
    path: join(target, 'usr', 'bin', 'redis-server'),
    env: childEnv({ LD_LIBRARY_PATH: libraryFolders(target).join(':') }),
    source: 'private copy' as const,
  });
  if (existsSync(target)) {
    const tried = await trial(candidate(), verdicts);
    if (typeof tried !== 'string') return tried;
    rmSync(target, { recursive: true, force: true });
  }
  if (process.platform !== 'linux' || !hasDebianPackages()) return 'none is on PATH';
  try {
    const atLeast = ['redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1', 'libatomic1'];
    await unpackDebianPackages({ wanted: 'redis-server', atLeast, target, onProgress });
  } catch (error) {
    return `no private copy could be made: ${(error as Error).message}`;
  }
  return trial(candidate(), verdicts);
}

/** Folders with shared libraries, at most three levels down (`usr/lib/x86_64-linux-gnu`). */
function libraryFolders(target: string): string[] {
  return ['lib', 'usr/lib'].flatMap((folder) => {
    const path = join(target, folder);
    if (!existsSync(path)) return [];
    const inner = readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [path, ...inner.map((entry) => join(path, entry.name))];
  });
}

type Candidate = Omit<RedisProgram, 'version'>;

async function trial(candidate: Candidate, verdicts: Verdicts): Promise<RedisProgram | string> {
  if (!isExecutableFile(candidate.path)) return `${candidate.path} is not an executable file`;
  const known = verdicts.recall('redis', candidate.path);
  if (known !== undefined) return { ...candidate, version: known };
  const answer = await capture(candidate.path, ['--version'], { env: candidate.env });
  const version = / v=(\d+\.\d+\.\d+)/.exec(answer.stdout.toString())?.[1];
  if (answer.code !== 0 || version === undefined) return `${candidate.path} does not run: ${complaint(answer)}`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor < OLDEST_VERSION[1])) {
    return `${candidate.path} is version ${version}, but ${OLDEST_VERSION.join('.')} or later is needed`;
  }
  verdicts.keep('redis', candidate.path, version);
  return { ...candidate, version };
}

function installLine(): string {
  const lines: readonly (readonly [string, string])[] = [
    ['apt-get', 'sudo apt-get install redis-server'],
    ['dnf', 'sudo dnf install valkey'],
    ['apk', 'sudo apk add valkey'],
    ['pacman', 'sudo pacman -S valkey'],
    ['zypper', 'sudo zypper install redis'],
    ['brew', 'brew install valkey'],
  ];
  return lines.find(([packager]) => findOnPath(packager).length > 0)?.[1] ?? 'see https://valkey.io/download/';
}
