import { type Paged, problemText } from '../rest/index.ts';
import { Banner, Button, DataTable, type DataTableProps, EmptyState, Loading } from '../ui/index.ts';
import { t } from './words.ts';

/** A table whose rows come in parts: loading, empty, failed and more. */
export function PagedTable<Row>(props: Omit<DataTableProps<Row>, 'rows'> & { list: Paged<Row>; empty: string }) {
  const { list, empty, ...table } = props;
  const { status, items, hasMore, problem } = list.view.value;
  if (status === 'loading' && items.length === 0) return <Loading label={t('admin.loading')} />;
  const retry = () => void (items.length === 0 ? list.refresh() : list.more());
  return (
    <div class="stack">
      {status === 'loaded' && items.length === 0 && <EmptyState title={empty} />}
      {items.length > 0 && <DataTable {...table} rows={items} />}
      {problem !== undefined && (
        <Banner tone="warn" title={t('admin.failed')} action={<Button onClick={retry}>{t('admin.retry')}</Button>}>
          {problemText(problem)}
        </Banner>
      )}
      {hasMore && problem === undefined && (
        <div class="actions">
          <Button onClick={() => void list.more()}>{t('admin.more')}</Button>
        </div>
      )}
    </div>
  );
}
