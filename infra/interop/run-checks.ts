import type { InteropCheck, InteropOptions, InteropOutcome } from './check.ts';
import { findNeeds, type NeedsFound } from './needed-programs.ts';

/**
 * Runs checks one after the other; one that fails, throws or cannot run does not keep the others from running. After the
 * signal is aborted no further one is begun. `onOutcome` is told of each as soon as it is done. Never rejects.
 */
export async function runChecks(
  checks: readonly InteropCheck[],
  options: InteropOptions,
  onOutcome: (outcome: InteropOutcome) => void = () => undefined,
): Promise<InteropOutcome[]> {
  const outcomes: InteropOutcome[] = [];
  for (const check of checks) {
    const outcome = options.signal.aborted
      ? notRun(check, ['interrupted before it began'])
      : await runOne(check, options);
    outcomes.push(outcome);
    onOutcome(outcome);
  }
  return outcomes;
}

async function runOne(check: InteropCheck, options: InteropOptions): Promise<InteropOutcome> {
  options.progress(`${check.name}: ${check.summary}`);
  const needs = await findNeeds(check.needs);
  if (needs.missing.length > 0) return notRun(check, needs.missing, needs);
  const startedAt = performance.now();
  const result = await check.run(options).catch((error: unknown) => ({
    verdict: 'failed' as const,
    rows: [],
    faults: [options.signal.aborted ? 'interrupted' : faultOf(error)],
  }));
  const tookS = Math.round((performance.now() - startedAt) / 100) / 10;
  return { name: check.name, versions: needs.versions, ...result, tookS };
}

function notRun({ name }: InteropCheck, faults: string[], { versions }: Partial<NeedsFound> = {}): InteropOutcome {
  return { name, verdict: 'not run', versions: versions ?? {}, rows: [], faults, tookS: 0 };
}

function faultOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
