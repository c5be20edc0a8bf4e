import type { ComponentChildren } from 'preact';

/** A column: its name, and what it shows of a row. */
export type Column<Row> = {
  name: string;
  cell: (row: Row) => ComponentChildren;
  /** Left out where there is little room. */
  isWide?: boolean;
};

/** Props of {@link DataTable}. */
export type DataTableProps<Row> = {
  /** Names the table. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
};

/** A table whose first column names its rows. */
export function DataTable<Row>({ caption, columns, rows, keyOf }: DataTableProps<Row>) {
  const [first, ...others] = columns;
  if (first === undefined) return null;
  return (
    <table class="table">
      <caption class="sr-only">{caption}</caption>
      <thead>
        <tr>
          {columns.map(({ name, isWide }) => (
            <th key={name} scope="col" class={isWide ? 'table-wide' : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            <th scope="row">{first.cell(row)}</th>
            {others.map(({ name, cell, isWide }) => (
              <td key={name} class={isWide ? 'table-wide' : undefined}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
