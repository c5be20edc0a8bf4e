import type { ComponentChildren } from 'preact';
import { type Loaded, problemText } from '../rest/index.ts';
import { Banner, Button, Loading } from '../ui/index.ts';
import { t } from './words.ts';

/** Props of {@link LoadedRows}. */
export type LoadedRowsProps<Row> = {
  list: Loaded<Row[]>;
  /** What is on its way, for those who wait. */
  loading: string;
  /** What it means that there is nothing, and what to do. */
  empty: string;
  /** Why the last act on the list failed. */
  problem?: string | undefined;
  keyOf: (row: Row) => string;
  row: (row: Row) => ComponentChildren;
};

/** A list from the server in rows: while it loads, when it fails, when there is nothing, and with what there is. */
export function LoadedRows<Row>({ list, loading, empty, problem, keyOf, row }: LoadedRowsProps<Row>) {
  const { status, value, problem: loadProblem } = list.view.value;
  return (
    <>
      {problem !== undefined && <Banner tone="danger" title={problem} />}
      {loadProblem !== undefined && (
        <Banner
          tone="warn"
          title={problemText(loadProblem)}
          action={<Button onClick={() => void list.refresh()}>{t('stations.retry')}</Button>}
        />
      )}
      {status === 'loading' && value === undefined && <Loading label={loading} />}
      {value?.length === 0 && <p class="muted">{empty}</p>}
      {value !== undefined && value.length > 0 && (
        <ul class="rows">
          {value.map((one) => (
            <li key={keyOf(one)} class="row">
              {row(one)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
