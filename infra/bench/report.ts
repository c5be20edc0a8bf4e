/** A cell: a number is printed with its column's digits, null as a dash. */
export type Cell = string | number | null;

/** A column of a table. */
export type Column = {
  /** Heading. */
  name: string;
  /** Unit, printed under the heading and kept in JSON. */
  unit?: string;
  /** Digits after the point; 0 when left out. */
  digits?: number;
};

/** One table of a benchmark. */
export type Table = { title: string; columns: Column[]; rows: Cell[][] };

/** A wish of the project and what was measured for it. */
export type Target = {
  name: string;
  unit: string;
  limit: number;
  bound: 'most' | 'least';
  measured: number;
  met: boolean;
};

/** What a benchmark gives. */
export type BenchReport = {
  name: string;
  tables: Table[];
  targets: Target[];
  /** What a reader has to know to judge the figures. */
  notes: string[];
};

/** A target that is met by staying at or below its limit. */
export function atMost(name: string, unit: string, values: { limit: number; measured: number }): Target {
  return { name, unit, ...values, bound: 'most', met: values.measured <= values.limit };
}

/** A target that is met by reaching its limit. */
export function atLeast(name: string, unit: string, values: { limit: number; measured: number }): Target {
  return { name, unit, ...values, bound: 'least', met: values.measured >= values.limit };
}

/** The report as text for a terminal. */
export function renderReport(report: BenchReport): string {
  const tables = report.tables.map(renderTable);
  const targets = report.targets.length === 0 ? [] : [renderTable(targetTable(report.targets))];
  const notes = report.notes.map((note) => `* ${note}`).join('\n');
  return [`== ${report.name} ==`, ...tables, ...targets, ...(notes === '' ? [] : [notes]), ''].join('\n\n');
}

function targetTable(targets: readonly Target[]): Table {
  const columns = [
    { name: 'target' },
    { name: 'at' },
    { name: 'limit', digits: 2 },
    { name: 'measured', digits: 2 },
    { name: '' },
  ];
  const rows = targets.map(({ name, unit, bound, limit, measured, met }) => [
    `${name}, ${unit}`,
    bound,
    limit,
    measured,
    met ? 'met' : 'NOT MET',
  ]);
  return { title: 'Targets', columns, rows };
}

/** A table as text: heading, units, rows; numbers to the right. */
export function renderTable({ title, columns, rows }: Table): string {
  const heads = [columns.map(({ name }) => name), columns.map(({ unit }) => unit ?? '')];
  const bodies = rows.map((row) => columns.map((column, i) => cellText(row[i] ?? null, column.digits ?? 0)));
  const lines = [...(heads[1]?.some((unit) => unit !== '') ? heads : heads.slice(0, 1)), ...bodies];
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  const numeric = columns.map((_, i) => rows.some((row) => typeof row[i] === 'number'));
  const text = lines.map((line) =>
    line
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const rule = '-'.repeat(Math.max(...text.map((line) => line.length)));
  return [title, rule, ...text].join('\n');
}

function cellText(cell: Cell, digits: number): string {
  if (cell === null || (typeof cell === 'number' && Number.isNaN(cell))) return '-';
  return typeof cell === 'number' ? cell.toFixed(digits) : cell;
}
