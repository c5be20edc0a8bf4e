import { NUMBER_MS } from './time-code.ts';
import type { NumberSpan } from './time-code-decoder.ts';

/** Numbers from `from` up to `to`, both included. */
export type NumberRange = { from: number; to: number };

/** What became of the numbers that were to be heard. */
export type NumberAudit = {
  /** Numbers that were to be heard. */
  expected: number;
  /** Never heard, or shorter than they are. */
  lost: { number: number; missingMs: number }[];
  /** Sound that is missing in all, in ms. */
  lostMs: number;
  /** Heard longer than they are. */
  doubled: { number: number; surplusMs: number }[];
  /** Heard after a greater one. */
  outOfOrder: number[];
};

/** How exactly the length of a number can be told in one piece, and when it was cut in several, in ms. */
const TOLERANCE_MS = { whole: 13, cut: 28 };

/** Judges what was heard against what had to be. The first and the last number may be cut by start and end of listening. */
export function auditNumbers(spans: readonly NumberSpan[], isExpected: (number: number) => boolean): NumberAudit {
  const heard = lengthsOf(spans);
  const audit: NumberAudit = { expected: 0, lost: [], lostMs: 0, doubled: [], outOfOrder: disorderOf(spans) };
  const last = spans.reduce((most, { number }) => Math.max(most, number), 0);
  for (let number = 0; number <= last; number++) {
    const { ms, pieces } = heard.get(number) ?? { ms: 0, pieces: 0 };
    const tolerance = pieces > 1 ? TOLERANCE_MS.cut : TOLERANCE_MS.whole;
    if (ms > NUMBER_MS + tolerance) audit.doubled.push({ number, surplusMs: ms - NUMBER_MS });
    if (!isExpected(number)) continue;
    audit.expected++;
    if (ms >= NUMBER_MS - tolerance) continue;
    audit.lost.push({ number, missingMs: NUMBER_MS - ms });
    audit.lostMs += NUMBER_MS - ms;
  }
  return audit;
}

/** Numbers as ranges, for people: `12-14, 20`. */
export function rangesText(numbers: readonly number[]): string {
  const ranges: NumberRange[] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last?.to === number - 1) last.to = number;
    else ranges.push({ from: number, to: number });
  }
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}

function lengthsOf(spans: readonly NumberSpan[]): Map<number, { ms: number; pieces: number }> {
  const lengths = new Map<number, { ms: number; pieces: number }>();
  for (const { number, fromMs, toMs } of spans) {
    const { ms, pieces } = lengths.get(number) ?? { ms: 0, pieces: 0 };
    lengths.set(number, { ms: ms + toMs - fromMs, pieces: pieces + 1 });
  }
  return lengths;
}

function disorderOf(spans: readonly NumberSpan[]): number[] {
  let highest = -1;
  return spans.flatMap(({ number }) => {
    const isLate = number < highest;
    highest = Math.max(highest, number);
    return isLate ? [number] : [];
  });
}
