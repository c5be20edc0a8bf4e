import type { Milliseconds } from '@awaz/infra/contract';
import { type AirProbe, type AirReport, probeAir } from './air-probe.ts';
import { withJitter } from './reconnect-schedule.ts';
import { wait } from './wait.ts';

/** Between two questions while the station is on air and nobody listens here, in ms. */
const ON_AIR_MS = 10_000;

/** The same off air, when the server does not say when to ask again, in ms. */
const OFF_AIR_MS = 3000;

/** What a server may ask for, in ms. */
const OFF_AIR_RANGE_MS = { min: 1000, max: 30_000 };

/** A page that nobody looks at asks less often, by this factor. */
const HIDDEN_FACTOR = 3;

/** How to watch. */
export type AirWatchOptions = {
  /** What to ask next; called before each question, because the session and the ended broadcast change. */
  probe: () => Omit<AirProbe, 'signal'>;
  onReport: (report: AirReport) => void;
  /** Wait before the first question, in ms. */
  firstWaitMs: Milliseconds;
  signal: AbortSignal;
};

/** Asks again and again whether a station is on air, until `signal` aborts. Never rejects. */
export async function watchAir({ probe, onReport, firstWaitMs, signal }: AirWatchOptions): Promise<void> {
  await wait(firstWaitMs, signal);
  while (!signal.aborted) {
    const report = await probeAir({ ...probe(), signal });
    if (signal.aborted) return;
    onReport(report);
    await wait(withJitter(pauseAfter(report, document.hidden), Math.random), signal);
  }
}

/** How long to wait after a report before asking again, in ms. */
export function pauseAfter(report: AirReport, hidden: boolean): Milliseconds {
  const factor = hidden ? HIDDEN_FACTOR : 1;
  if (report.air !== 'off') return ON_AIR_MS * factor;
  const asked = report.retryAfterMs ?? OFF_AIR_MS;
  return Math.min(Math.max(asked, OFF_AIR_RANGE_MS.min), OFF_AIR_RANGE_MS.max) * factor;
}
