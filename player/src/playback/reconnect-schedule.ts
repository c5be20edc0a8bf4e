import type { Milliseconds } from '@awaz/infra/contract';

/** Waits before the first, second, … try after an outage, in ms; the last one repeats. */
const SCHEDULE_MS: readonly Milliseconds[] = [1000, 2000, 4000, 8000, 15_000, 30_000];

/** Share by which a wait is made longer or shorter, so that listeners cut together do not come back together. */
const JITTER = 0.2;

/** A wait varied by chance; `random` gives numbers from 0 to 1. */
export function withJitter(waitMs: Milliseconds, random: () => number): Milliseconds {
  return waitMs * (1 + JITTER * (2 * random() - 1));
}

/** Wait before try number `attempt` (from 1), in ms. */
export function reconnectWait(attempt: number, random: () => number): Milliseconds {
  const step = Math.min(Math.max(attempt, 1), SCHEDULE_MS.length) - 1;
  return withJitter(SCHEDULE_MS[step] ?? 30_000, random);
}
