import { renderTable, type Table } from '../bench/report.ts';
import type { InteropOutcome, InteropRow } from './check.ts';

/** One check's outcome as text for a terminal. */
export function renderOutcome({ name, verdict, versions, rows, faults, tookS }: InteropOutcome): string {
  const head = `${name}: ${verdict}${verdict === 'not run' ? '' : `, ${tookS} s`}`;
  const programs = Object.entries(versions).map(([program, version]) => `  with ${program}: ${version}`);
  const table = rows.length === 0 ? [] : ['', renderTable(rowTable(rows))];
  return [head, ...programs, ...faults.map((fault) => `  ! ${fault}`), ...table, ''].join('\n');
}

/** The last line: how many passed, failed and were not run. */
export function renderTally(outcomes: readonly InteropOutcome[]): string {
  const count = (verdict: InteropOutcome['verdict']) =>
    outcomes.filter((outcome) => outcome.verdict === verdict).length;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('not run')} not run`;
}

function rowTable(rows: readonly InteropRow[]): Table {
  const cells = rows.map(({ name, value, unit }) => [
    name,
    typeof value === 'number' ? tidy(value) : value,
    unit ?? '',
  ]);
  return { title: 'Measured', columns: [{ name: 'what' }, { name: 'value' }, { name: 'unit' }], rows: cells };
}

/** Whole numbers as they are, others with one digit. */
function tidy(exact: number): string {
  const value = Math.round(exact * 10) / 10;
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}
