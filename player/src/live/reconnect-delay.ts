import type { Milliseconds } from '@awaz/infra/contract';

/** Longest wait before the first attempt after a cut, in ms. */
const FIRST_MS = 1000;

/** Longest wait between two attempts, in ms. */
const MOST_MS = 10_000;

/** Share of the longest wait that is always waited. */
const LEAST_SHARE = 0.2;

/**
 * Wait before attempt number `attempt` (from 0), in ms: anywhere in a span that doubles, so that all listeners of a server
 * that went away do not come to the next one together. `random` gives numbers from 0 to 1.
 */
export function reconnectDelay(attempt: number, random: () => number): Milliseconds {
  const most = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return most * (LEAST_SHARE + (1 - LEAST_SHARE) * random());
}
