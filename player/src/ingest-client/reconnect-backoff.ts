import type { Milliseconds } from '@awaz/infra/contract';

/** Wait before the first reconnect after a working connection was cut, in ms, before jitter. */
const FIRST_DELAY_MS = 100;

/** Longest wait between two attempts, in ms, before jitter: the server keeps the broadcast for 60 s only. */
const MAX_DELAY_MS = 5000;

/** Share of the wait by which it is made shorter or longer at random, so that many clients do not come at once. */
const JITTER = 0.3;

/** Wait before reconnect number `attempt` (from 0), in ms: doubling, capped, with jitter from `random` (0 to 1). */
export function reconnectDelay(attempt: number, random: () => number): Milliseconds {
  const delay = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 16));
  return delay * (1 + JITTER * (2 * random() - 1));
}
