import { type AuditEntry, listenPath } from '@awaz/infra/contract';
import { useMemo } from 'preact/hooks';
import { actionText, ChangeDetails } from '../audit/index.ts';
import { paged, useFresh } from '../rest/index.ts';
import type { Column } from '../ui/index.ts';
import type { AdminApi } from './admin-api.ts';
import { PagedTable } from './paged-table.tsx';
import { t } from './words.ts';

const times = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

const COLUMNS: Column<AuditEntry>[] = [
  {
    name: t('audit.what'),
    cell: ({ action }) => (
      <>
        {actionText(action)}
        <code class="audit-name">{action}</code>
      </>
    ),
  },
  { name: t('audit.who'), cell: ({ by }) => <bdi>{by.name}</bdi> },
  {
    name: t('audit.when'),
    cell: ({ at }) => <time dateTime={new Date(at).toISOString()}>{times.format(at)}</time>,
  },
  {
    name: t('audit.station'),
    cell: ({ station }) => (station === undefined ? '' : <a href={listenPath(station)}>{station}</a>),
    isWide: true,
  },
  { name: t('audit.address'), cell: ({ address }) => <bdi>{address}</bdi>, isWide: true },
  { name: t('audit.change'), cell: (entry) => <ChangeDetails entry={entry} />, isWide: true },
];

/** What owners, moderators and administrators did. */
export function AuditView({ api }: { api: AdminApi }) {
  const entries = useMemo(() => paged((cursor) => api.audit(cursor)), [api]);
  useFresh(entries);
  return (
    <PagedTable
      caption={t('audit.title')}
      list={entries}
      empty={t('audit.empty')}
      columns={COLUMNS}
      keyOf={({ id }) => id}
    />
  );
}
