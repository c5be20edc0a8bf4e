import { capture, complaint, findOnPath } from '../binaries/index.ts';
import type { Need } from './check.ts';

/** A program may take that long to tell its version, in ms; the first start of some builds a cache. */
const VERSION_MS = 30_000;

/** Where servers are installed, which is not on every person's PATH. */
const SERVER_FOLDERS = '/usr/local/sbin:/usr/sbin:/sbin';

/** What was found of a check's needs. */
export type NeedsFound = {
  /** By program: the first line that it says about its version. */
  versions: Record<string, string>;
  /** What is missing and how to get it, one line each. */
  missing: string[];
};

/** Full path of a program that a check needs, on PATH or where servers are; undefined when there is none. */
export function neededProgram(name: string): string | undefined {
  return findOnPath(name)[0] ?? findOnPath(name, SERVER_FOLDERS)[0];
}

/** Asks each needed program for its version. Never rejects. */
export async function findNeeds(needs: readonly Need[]): Promise<NeedsFound> {
  const found: NeedsFound = { versions: {}, missing: [] };
  for (const need of needs) {
    const version = await versionOf(need);
    if ('fault' in version) found.missing.push(version.fault);
    else found.versions[need.program] = version.line;
  }
  return found;
}

async function versionOf({ program, debian, versionArgs }: Need): Promise<{ line: string } | { fault: string }> {
  const hint = `install with \`apt-get install ${debian}\``;
  const path = neededProgram(program);
  if (path === undefined) return { fault: `cannot run: needs ${program}, ${hint}` };
  const said = await capture(path, [...versionArgs], { timeoutMs: VERSION_MS });
  if (said.code !== 0) {
    return { fault: `cannot run: ${[program, ...versionArgs].join(' ')} failed (${complaint(said)}), ${hint}` };
  }
  const lines = `${said.stdout.toString()}\n${said.stderr}`.split('\n').map((line) => line.trim());
  return { line: lines.find((line) => line !== '') ?? 'unknown version' };
}
