import { median, percentile } from '../bench/stats.ts';
import type { Milliseconds } from '../contract/index.ts';
import type { ChaosRecord, DoneFault } from './chaos-run.ts';
import { auditNumbers, type NumberAudit, rangesText } from './number-audit.ts';
import type { FollowedPart } from './part-follower.ts';
import { NUMBER_MS } from './time-code.ts';
import type { NumberSpan } from './time-code-decoder.ts';

/** What one kind of fault did, over all times it was done. */
export type FaultVerdict = {
  name: string;
  times: number;
  /** What a listener heard of it: silence, and nothing because parts came later than players wait for them. */
  pauseMs: { p50: Milliseconds; p95: Milliseconds };
  /** From the fault until everything ran as before. */
  recoveryMs: { p50: Milliseconds; p95: Milliseconds };
  lateParts: number;
  /** Acknowledged in time and not heard on air. */
  lostOnAirMs: Milliseconds;
  /** Acknowledged and not in what was stored. */
  lostStoredMs: Milliseconds;
  notRecovered: number;
};

/** What came out of a run. */
export type ChaosVerdict = {
  faults: FaultVerdict[];
  sentMs: Milliseconds;
  ackedMs: Milliseconds;
  parts: number;
  /** Sound that had to be heard on air, and that had to be stored. */
  judgedMs: { onAir: Milliseconds; stored: Milliseconds };
  /** What must not be; empty when nothing acknowledged was lost, doubled or out of order. */
  failures: string[];
};

/** Players hold this many parts back (PART-HOLD-BACK, RFC 8216bis section 4.4.3.8): what is later stops the sound. */
const HELD_PARTS = 3;

/** Filler comes a grace of 1.15 parts after its time; a part that comes later than two parts after its time is late. */
const LATE_PARTS = 2;

/** Audio may be lost that was captured this long before the fault: it was on its way, in ms. */
const ON_ITS_WAY_MS = 1000;

/** Judges a run. */
export function judge(record: ChaosRecord): ChaosVerdict {
  const { owner, follower, stored, air } = record;
  // Codecs give their last frames only when more comes: what nothing followed in time was not out in time.
  const isDue = (number: number) => owner.sent.isInTime(number) && owner.sent.isInTime(number + 1);
  const onAir = auditNumbers(air, (number) => number >= firstHeard(air) && isDue(number));
  const kept = auditNumbers(stored.flat(), (number) => owner.sent.isAcked(number));
  const windows = windowsOf(record);
  const names = [...new Set(record.faults.map(({ name }) => name))];
  const lost = { onAir: lostByWindow(onAir, windows, record), kept: lostByWindow(kept, windows, record) };
  return {
    faults: names.map((name) => verdictOf(name, windows, { record, lost })),
    ...owner.sent.totals,
    parts: follower.parts.length,
    judgedMs: { onAir: onAir.expected * NUMBER_MS, stored: kept.expected * NUMBER_MS },
    failures: failuresOf(record, { onAir, kept }),
  };
}

/** The time from a fault to the next one. */
type Window = { fault: DoneFault; from: Milliseconds; to: Milliseconds };

type Losses = { onAir: Map<Window, Milliseconds>; kept: Map<Window, Milliseconds> };

function windowsOf({ faults }: ChaosRecord): Window[] {
  return faults.map((fault, index) => ({
    fault,
    from: fault.startedAt,
    to: faults[index + 1]?.startedAt ?? Number.POSITIVE_INFINITY,
  }));
}

/** The first number after the one in which listening began. */
function firstHeard(air: readonly NumberSpan[]): number {
  return (air[0]?.number ?? 0) + 1;
}

function lostByWindow(audit: NumberAudit, windows: readonly Window[], record: ChaosRecord): Map<Window, Milliseconds> {
  const lost = new Map<Window, Milliseconds>();
  for (const { number, missingMs } of audit.lost) {
    const capturedAt = record.startedAt + number * NUMBER_MS + ON_ITS_WAY_MS;
    const window = windows.findLast(({ from }) => from <= capturedAt);
    if (window !== undefined) lost.set(window, (lost.get(window) ?? 0) + missingMs);
  }
  return lost;
}

function verdictOf(
  name: string,
  windows: readonly Window[],
  { record, lost }: { record: ChaosRecord; lost: Losses },
): FaultVerdict {
  const own = windows.filter(({ fault }) => fault.name === name);
  const pauses = own.map((window) => pauseIn(window, record));
  const recoveries = own.flatMap(({ fault }) =>
    fault.recoveredAt === undefined ? [] : [fault.recoveredAt - fault.startedAt],
  );
  const parts = own.flatMap((window) => partsIn(window, record));
  const sumOf = (losses: Map<Window, Milliseconds>) => own.reduce((sum, window) => sum + (losses.get(window) ?? 0), 0);
  return {
    name,
    times: own.length,
    pauseMs: { p50: median(pauses), p95: percentile(pauses, 0.95) },
    recoveryMs: { p50: median(recoveries), p95: percentile(recoveries, 0.95) },
    lateParts: parts.filter(({ lateMs, durationMs }) => lateMs > LATE_PARTS * durationMs).length,
    lostOnAirMs: sumOf(lost.onAir),
    lostStoredMs: sumOf(lost.kept),
    notRecovered: own.length - recoveries.length,
  };
}

function partsIn({ from, to }: Window, { follower }: ChaosRecord): FollowedPart[] {
  return follower.parts.filter(({ arrivedAt }) => arrivedAt >= from && arrivedAt < to);
}

/** Silence in the sound, and the time for which a player that holds back as asked had nothing to play. */
function pauseIn(window: Window, record: ChaosRecord): Milliseconds {
  const parts = partsIn(window, record);
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined) return Number.NaN;
  const [from, to] = [first.mediaMs, last.mediaMs + last.durationMs];
  const heard = record.air.reduce(
    (sum, { fromMs, toMs }) => sum + Math.max(0, Math.min(toMs, to) - Math.max(fromMs, from)),
    0,
  );
  const stalled = Math.max(0, ...parts.map(({ lateMs, durationMs }) => lateMs - HELD_PARTS * durationMs));
  return Math.max(0, to - from - heard) + stalled;
}

function failuresOf(
  { air, follower, stored, faults, faultsOfRun }: ChaosRecord,
  { onAir, kept }: { onAir: NumberAudit; kept: NumberAudit },
): string[] {
  const failures = [...faultsOfRun];
  const told = (numbers: readonly { number: number }[]) => rangesText(numbers.map(({ number }) => number));
  if (air.length === 0) failures.push('Nothing was heard.');
  if (stored.flat().length === 0) failures.push('Nothing was stored.');
  if (onAir.lost.length > 0)
    failures.push(`Acknowledged in time and not heard, ${round(onAir.lostMs)} ms: ${told(onAir.lost)}.`);
  if (kept.lost.length > 0) failures.push(`Acknowledged and not stored, ${round(kept.lostMs)} ms: ${told(kept.lost)}.`);
  if (onAir.doubled.length > 0) failures.push(`Heard longer than sent: ${told(onAir.doubled)}.`);
  if (kept.doubled.length > 0) failures.push(`Stored longer than sent: ${told(kept.doubled)}.`);
  if (onAir.outOfOrder.length > 0) failures.push(`Heard after a later one: ${rangesText(onAir.outOfOrder)}.`);
  if (kept.outOfOrder.length > 0) failures.push(`Stored after a later one: ${rangesText(kept.outOfOrder)}.`);
  if (follower.missed.length > 0) failures.push(`Parts that nobody had any more: ${follower.missed.join(', ')}.`);
  for (const { name, trouble } of faults) if (trouble !== undefined) failures.push(`${name}: ${trouble}`);
  return failures;
}

const round = Math.round;
