import { setTimeout as delay } from 'node:timers/promises';

/** Time as the checker sees it; tests have one that costs no real time. */
export type Clock = {
  /** Ms since 1970. */
  now(): number;
  /** Resolves after that many ms, or at once when `signal` aborts; never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
};

/** The machine's own clock: steps of the system time do not disturb it. */
export const SYSTEM_CLOCK: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};
