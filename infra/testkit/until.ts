import { setTimeout as sleep } from 'node:timers/promises';

/** How long and for what {@link until} waits. */
export type UntilOptions = {
  /** Gives up after that many ms; 10 s when left out. */
  timeoutMs?: number;
  /** What is waited for, for the failure message: `until … the playlist lists a part`. */
  what?: string;
  /** Pause between two looks in ms; 10 when left out. */
  everyMs?: number;
};

/**
 * Waits until a condition holds, looking again and again, and returns what it gave. A condition that throws counts as
 * not yet; its last error is the cause of the failure.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: UntilOptions = {},
): Promise<Exclude<T, false | undefined | null | 0 | ''>> {
  const { timeoutMs = 10_000, what = condition.toString(), everyMs = 10 } = options;
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  do {
    try {
      const result = await condition();
      if (result) return result as Exclude<T, false | undefined | null | 0 | ''>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await sleep(everyMs);
  } while (Date.now() < deadline);
  const because = cause instanceof Error ? ` (${cause.message})` : '';
  throw new Error(`Not within ${timeoutMs} ms: ${what}${because}`, { cause });
}
