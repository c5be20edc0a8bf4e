import { join } from 'node:path';
import { childEnv } from '../runtime/index.ts';
import { unpackChromium } from './chromium-copy.ts';
import { tryChromium } from './chromium-self-test.ts';
import { findOnPath, isExecutableFile, projectCacheDirectory, projectRoot, toolPlaces } from './places.ts';
import { Verdicts } from './verdicts.ts';

/** A Chromium that was really started once. */
export type ChromiumProgram = {
  /** Full path of the program. */
  executablePath: string;
  /** Arguments that it needs on this system, before all others. */
  args: readonly string[];
  /** The environment it has to be started with. */
  env: Record<string, string>;
  /** Where it was found. */
  source: 'CHROMIUM_BIN' | 'PATH' | '@sparticuz/chromium';
};

/** How {@link findChromium} looks; everything may be left out. */
export type ChromiumSearch = {
  /** Where the copy and the results of self-tests are kept; the project's own cache when left out. */
  cacheDir?: string;
  /** Looked through instead of the PATH of this process. */
  path?: string;
  /** Told what is being done when it takes longer than a moment. */
  onProgress?: (line: string) => void;
};

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'] as const;

/** Tried in this order; the last ones only help where a container forbids what the first ones need. */
const ARGUMENT_SETS: readonly (readonly string[])[] = [
  ['--no-sandbox'],
  ['--no-sandbox', '--no-zygote', '--single-process'],
];

/**
 * Finds a Chromium for browser tests: CHROMIUM_BIN, then `chromium` or `google-chrome` on PATH, then the one of the npm
 * package \@sparticuz/chromium, unpacked into the cache. Each is really started once; good results are remembered.
 * Rejects with every candidate's fault and what to do.
 */
export async function findChromium(search: ChromiumSearch = {}): Promise<ChromiumProgram> {
  const cacheDir = search.cacheDir ?? projectCacheDirectory();
  const verdicts = new Verdicts(cacheDir);
  const faults: string[] = [];
  const named = toolPlaces().chromium;
  const given = named === undefined ? [] : [{ path: named, source: 'CHROMIUM_BIN' as const }];
  const onPath = NAMES.flatMap((name) => findOnPath(name, search.path)).map((path) => ({
    path,
    source: 'PATH' as const,
  }));
  for (const { path, source } of named === undefined ? onPath : given) {
    const tried = await trial({ executablePath: path, source, envs: [{}] }, verdicts);
    if (typeof tried !== 'string') return tried;
    faults.push(`${source} (${path}): ${tried}`);
  }
  if (named === undefined) {
    const copy = await triedCopy(cacheDir, verdicts, search.onProgress ?? (() => undefined));
    if (typeof copy !== 'string') return copy;
    faults.push(copy);
  }
  throw new Error(
    `No Chromium works here. ${faults.join('; ')}\n` +
      'Install chromium (Debian: sudo apt-get install chromium), or set CHROMIUM_BIN to one.',
  );
}

async function triedCopy(
  cacheDir: string,
  verdicts: Verdicts,
  onProgress: (line: string) => void,
): Promise<ChromiumProgram | string> {
  const folder = join(projectRoot(), 'node_modules', '@sparticuz', 'chromium');
  const copy = await unpackChromium(folder, cacheDir, onProgress);
  if (copy === undefined) return 'the npm package @sparticuz/chromium is not installed (or not for this system)';
  const fonts = { FONTCONFIG_FILE: copy.fontSettings };
  const envs = [fonts, { ...fonts, LD_LIBRARY_PATH: copy.libraries }];
  const tried = await trial({ executablePath: copy.executablePath, source: '@sparticuz/chromium', envs }, verdicts);
  return typeof tried === 'string' ? `@sparticuz/chromium (${copy.executablePath}): ${tried}` : tried;
}

type Candidate = Pick<ChromiumProgram, 'executablePath' | 'source'> & { envs: readonly Record<string, string>[] };

async function trial(candidate: Candidate, verdicts: Verdicts): Promise<ChromiumProgram | string> {
  const { executablePath, source, envs } = candidate;
  if (!isExecutableFile(executablePath)) return 'there is no executable file';
  const ways = envs.flatMap((env) => ARGUMENT_SETS.map((args) => ({ env, args })));
  const known = verdicts.recall('chromium', executablePath);
  if (known !== undefined) {
    const way = ways[Number(known)] ?? { env: {}, args: [] };
    return { executablePath, source, args: way.args, env: childEnv(way.env) };
  }
  let fault = '';
  for (const [index, way] of ways.entries()) {
    const env = childEnv(way.env);
    try {
      await tryChromium({ executablePath, args: way.args, env });
      verdicts.keep('chromium', executablePath, String(index));
      return { executablePath, source, args: way.args, env };
    } catch (error) {
      fault = (error as Error).message;
    }
  }
  return fault;
}
