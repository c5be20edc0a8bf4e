import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture, complaint } from '../binaries/index.ts';
import { childEnv } from '../runtime/index.ts';
import type { Run } from './run-context.ts';

const COMMAND_TIMEOUT_MS = 30_000;

/** A station and its stream key, as the station program tells them. */
export type FreshStation = { station: string; key: string };

/** What a first run made, as far as it was missing. */
export type FirstRun = { station?: FreshStation; signInToken?: string };

/**
 * Makes the first station when there is none at all, and a sign-in link when there is no administrator. A fault is told,
 * and is no reason not to run.
 */
export async function makeFirstThings(run: Run, env: Record<string, string>): Promise<FirstRun> {
  const { dataDir, redisUrl } = run.settings;
  // Beside the embedded Redis's data: who removes that starts anew. Asking costs half a second at each start.
  const done = join(dataDir, 'redis', 'first-run-done');
  if (redisUrl === undefined && existsSync(done)) return {};
  try {
    const told = await stationCommand(run, env, ['first-run', '--json']);
    if (redisUrl === undefined) writeFileSync(done, '');
    const { signInToken } = told;
    const station = freshStation(told);
    return { ...(station && { station }), ...(typeof signInToken === 'string' && { signInToken }) };
  } catch (error) {
    tell(run, 'The first station could not be made', error);
    return {};
  }
}

/** Makes the station if it is missing, and a stream key for it. A fault is told. */
export async function makeStation(
  run: Run,
  env: Record<string, string>,
  { slug, title }: { slug: string; title: string },
): Promise<FreshStation | undefined> {
  try {
    return freshStation(await stationCommand(run, env, ['add', slug, '--title', title, '--if-missing', '--json']));
  } catch (error) {
    tell(run, `The station ${slug} could not be made`, error);
    return undefined;
  }
}

async function stationCommand(run: Run, env: Record<string, string>, args: string[]): Promise<Record<string, unknown>> {
  const program = join(run.root, 'api', 'dist', 'stations', 'cli.js');
  const options = { cwd: run.root, env: childEnv(env), timeoutMs: COMMAND_TIMEOUT_MS };
  const answer = await capture(process.execPath, [program, ...args], options);
  if (answer.code !== 0) throw new Error(complaint(answer));
  return JSON.parse(answer.stdout.toString()) as Record<string, unknown>;
}

function freshStation({ station, key }: Record<string, unknown>): FreshStation | undefined {
  return typeof station === 'string' && typeof key === 'string' ? { station, key } : undefined;
}

function tell(run: Run, what: string, error: unknown): void {
  // Ctrl-C ends the station program too.
  if (!run.stopRequest.signal.aborted) run.view.say(`note: ${what}: ${(error as Error).message}`);
}
