import { createRequire } from 'node:module';
import { type FfmpegTrial, tryFfmpeg } from './ffmpeg-self-test.ts';
import { findOnPath, isExecutableFile, projectCacheDirectory, toolPlaces } from './places.ts';
import { Verdicts } from './verdicts.ts';

/** Where an ffmpeg was found. */
export type FfmpegSource = 'FFMPEG_PATH' | 'PATH' | 'ffmpeg-static' | '@ffmpeg-installer/ffmpeg';

/** An ffmpeg that was tried out. */
export type FfmpegProgram = FfmpegTrial & {
  /** Full path of the program. */
  path: string;
  source: FfmpegSource;
};

/** How {@link findFfmpeg} looks; everything may be left out. */
export type FfmpegSearch = {
  /** Taken instead of the variable FFMPEG_PATH. When it does not work, nothing else is tried. */
  explicitPath?: string | undefined;
  /** Looked through instead of the PATH of this process. */
  path?: string;
  /** Where results of self-tests are kept; the project's own cache when left out. */
  cacheDir?: string;
  /** Told what the owner of the machine should know, such as a very old build. */
  onWarning?: (line: string) => void;
  /** Instead of the installed npm packages: where each says its program is, or undefined. */
  packages?: Partial<Record<'ffmpeg-static' | '@ffmpeg-installer/ffmpeg', string | undefined>>;
};

type Candidate = { path: string; source: FfmpegSource };

/**
 * Finds an ffmpeg that can make the ladder: FFMPEG_PATH, then `ffmpeg` on PATH, then the npm packages ffmpeg-static and
 * \@ffmpeg-installer/ffmpeg if their files exist. Each is tried out once; good results are remembered. Rejects with every
 * candidate's fault and what to do.
 */
export async function findFfmpeg(search: FfmpegSearch = {}): Promise<FfmpegProgram> {
  const verdicts = new Verdicts(search.cacheDir ?? projectCacheDirectory());
  const faults: string[] = [];
  for (const candidate of candidates(search)) {
    const tried = await trial(candidate, verdicts);
    if (typeof tried !== 'string') {
      if (candidate.source === '@ffmpeg-installer/ffmpeg') {
        search.onWarning?.(
          `Only the ffmpeg of @ffmpeg-installer was found (${tried.version}, built in 2018): it works, but has known faults ` +
            'in parsing hostile input. Install the ffmpeg of your system, or set FFMPEG_PATH.',
        );
      }
      return tried;
    }
    faults.push(`${candidate.source} (${candidate.path}): ${tried}`);
  }
  throw new Error(
    `No ffmpeg works here. ${faults.join('; ') || 'There is none on PATH and no npm package brought one.'}\n` +
      'Install ffmpeg (Debian and Ubuntu: sudo apt-get install ffmpeg), or set FFMPEG_PATH to one.',
  );
}

function candidates(search: FfmpegSearch): Candidate[] {
  const explicit = search.explicitPath ?? toolPlaces().ffmpeg;
  if (explicit !== undefined) return [{ path: explicit, source: 'FFMPEG_PATH' }];
  const onPath = findOnPath('ffmpeg', search.path).map((path) => ({ path, source: 'PATH' as const }));
  const packages = (['ffmpeg-static', '@ffmpeg-installer/ffmpeg'] as const).flatMap((source) => {
    const path = search.packages === undefined ? programOfPackage(source) : search.packages[source];
    return path !== undefined && isExecutableFile(path) ? [{ path, source }] : [];
  });
  return [...onPath, ...packages];
}

/** Where an npm package says that its program is. Both are optional and may be missing, or throw on this system. */
function programOfPackage(name: string): string | undefined {
  try {
    const found: unknown = createRequire(import.meta.url)(name);
    if (typeof found === 'string') return found;
    const path = (found as { path?: unknown } | null)?.path;
    return typeof path === 'string' ? path : undefined;
  } catch {
    return undefined;
  }
}

async function trial(candidate: Candidate, verdicts: Verdicts): Promise<FfmpegProgram | string> {
  if (!isExecutableFile(candidate.path)) return 'there is no executable file';
  const known = recalled(verdicts.recall('ffmpeg', candidate.path));
  if (known !== undefined) return { ...candidate, ...known };
  try {
    const shown = await tryFfmpeg(candidate.path);
    const silentFrame = Buffer.from(shown.silentFrame).toString('base64');
    verdicts.keep('ffmpeg', candidate.path, JSON.stringify({ version: shown.version, silentFrame }));
    return { ...candidate, ...shown };
  } catch (error) {
    return (error as Error).message;
  }
}

function recalled(kept: string | undefined): FfmpegTrial | undefined {
  if (kept === undefined) return undefined;
  const { version, silentFrame } = JSON.parse(kept) as { version: string; silentFrame: string };
  return { version, silentFrame: new Uint8Array(Buffer.from(silentFrame, 'base64')) };
}
