import { join } from 'node:path';
import { capture, complaint } from '../binaries/index.ts';
import { childEnv } from '../runtime/index.ts';
import type { Run } from './run-context.ts';

const COMMAND_TIMEOUT_MS = 30_000;

/** A station and its stream key, as the station program tells them. */
export type FreshStation = { station: string; key: string };

/** Makes the first station when there is none at all. A fault is told, and is no reason not to run. */
export async function makeFirstStation(run: Run, env: Record<string, string>): Promise<FreshStation | undefined> {
  return stationCommand(run, env, ['first-run', '--json']);
}

/** Makes the station if it is missing, and a stream key for it. */
export async function makeStation(
  run: Run,
  env: Record<string, string>,
  { slug, title }: { slug: string; title: string },
): Promise<FreshStation | undefined> {
  return stationCommand(run, env, ['add', slug, '--title', title, '--if-missing', '--json']);
}

async function stationCommand(
  run: Run,
  env: Record<string, string>,
  args: string[],
): Promise<FreshStation | undefined> {
  const program = join(run.root, 'api', 'dist', 'stations', 'cli.js');
  const options = { cwd: run.root, env: childEnv(env), timeoutMs: COMMAND_TIMEOUT_MS };
  const answer = await capture(process.execPath, [program, ...args], options);
  try {
    if (answer.code !== 0) throw new Error(complaint(answer));
    const told: Partial<FreshStation> = JSON.parse(answer.stdout.toString());
    return typeof told.station === 'string' && typeof told.key === 'string' ? (told as FreshStation) : undefined;
  } catch (error) {
    // Ctrl-C ends this program too.
    const wanted = run.stopRequest.signal.aborted;
    if (!wanted) run.view.say(`note: npm run station -- ${args.join(' ')} failed: ${(error as Error).message}`);
    return undefined;
  }
}
