import type { InteropRow } from '../check.ts';

/** What one look at the proxy found; all looks of a check share it. */
export class Findings {
  readonly rows: InteropRow[] = [];
  readonly faults: string[] = [];

  /** Notes a measured value. */
  row(name: string, value: string | number, unit?: string): void {
    this.rows.push(unit === undefined ? { name, value } : { name, value, unit });
  }

  /** Notes a fault unless the condition holds. */
  expect(holds: boolean, fault: string): void {
    if (!holds) this.faults.push(fault);
  }
}
