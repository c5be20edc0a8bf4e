import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { parseEnv } from '../runtime/index.ts';

/** Variables that say where other people's programs are. */
const toolsEnv = {
  PATH: z.string().default('/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'),
  FFMPEG_PATH: z.string().optional(),
  CHROMIUM_BIN: z.string().optional(),
};

/** The places the environment names for programs that are run as children. */
export function toolPlaces(): { path: string; ffmpeg: string | undefined; chromium: string | undefined } {
  const env = parseEnv(toolsEnv);
  return { path: env.PATH, ffmpeg: env.FFMPEG_PATH, chromium: env.CHROMIUM_BIN };
}

/** The folder of the whole project: the nearest one above this file that holds all workspaces. */
export function projectRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'turbo.json')) && existsSync(join(folder, 'package.json'))) return folder;
  }
  throw new Error(`No folder above ${start} holds the project's turbo.json and package.json.`);
}

/**
 * Where unpacked programs and results of self-tests are kept: inside the project, because a home folder may be missing
 * or read-only. Removed together with `node_modules`.
 */
export function projectCacheDirectory(): string {
  return join(projectRoot(), 'node_modules', '.cache', 'awaz');
}

/** Full paths of every executable file of that name on PATH, in PATH's order. */
export function findOnPath(name: string, path: string = toolPlaces().path): string[] {
  return path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .filter(isExecutableFile);
}

/** Whether there is a file that this user may run. */
export function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
