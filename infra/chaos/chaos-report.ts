import { renderTable, type Table } from '../bench/report.ts';
import type { ChaosVerdict } from './verdict.ts';

/** A verdict as text for a terminal. */
export function renderVerdict(verdict: ChaosVerdict): string {
  const { sentMs, ackedMs, judgedMs, parts, failures } = verdict;
  const sums = [
    `captured ${inSeconds(sentMs)}, acknowledged ${inSeconds(ackedMs)}, heard ${parts} parts`,
    `judged on air ${inSeconds(judgedMs.onAir)}, in what is stored ${inSeconds(judgedMs.stored)}`,
  ];
  const outcome =
    failures.length === 0 ? ['Nothing acknowledged was lost.'] : failures.map((failure) => `! ${failure}`);
  return [renderTable(faultTable(verdict)), '', ...sums, ...outcome, ''].join('\n');
}

function faultTable({ faults }: ChaosVerdict): Table {
  return {
    title: 'Faults',
    columns: [
      { name: 'fault' },
      { name: 'times' },
      { name: 'pause p50', unit: 'ms' },
      { name: 'p95', unit: 'ms' },
      { name: 'over p50', unit: 'ms' },
      { name: 'p95', unit: 'ms' },
      { name: 'late parts' },
      { name: 'lost on air', unit: 'ms' },
      { name: 'lost stored', unit: 'ms' },
    ],
    rows: faults.map((fault) => [
      fault.name,
      fault.times,
      fault.pauseMs.p50,
      fault.pauseMs.p95,
      fault.recoveryMs.p50,
      fault.recoveryMs.p95,
      fault.lateParts,
      fault.lostOnAirMs,
      fault.lostStoredMs,
    ]),
  };
}

function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
