import type { AuditEntry } from '@awaz/infra/contract';
import { useMemo } from 'preact/hooks';
import { actionText, ChangeDetails } from '../audit/index.ts';
import { paged, problemText, useFresh } from '../rest/index.ts';
import { Banner, Button, Card, Loading } from '../ui/index.ts';
import { timeText } from './dates.ts';
import type { StationApi } from './station-api.ts';
import { t } from './words.ts';

/** What owner, moderators and administrators did on a station, the newest first. */
export function StationHistory({ api, station }: { api: StationApi; station: string }) {
  const entries = useMemo(() => paged((cursor) => api.history(station, cursor)), [api, station]);
  useFresh(entries);
  const { status, items, hasMore, problem } = entries.view.value;
  return (
    <Card label={t('history.title')}>
      <div class="stack">
        <div class="stack stack--tight">
          <h2>{t('history.title')}</h2>
          <p class="muted small">{t('history.hint')}</p>
        </div>
        {problem !== undefined && (
          <Banner
            tone="warn"
            title={problemText(problem)}
            action={<Button onClick={() => void entries.refresh()}>{t('stations.retry')}</Button>}
          />
        )}
        {status === 'loading' && items.length === 0 && <Loading label={t('history.loading')} />}
        {status === 'loaded' && items.length === 0 && <p class="muted">{t('history.empty')}</p>}
        <ul class="rows">
          {items.map((entry) => (
            <HistoryRow key={entry.id} entry={entry} />
          ))}
        </ul>
        {hasMore && (
          <div class="actions">
            <Button onClick={() => void entries.more()}>{t('rows.more')}</Button>
          </div>
        )}
      </div>
    </Card>
  );
}

function HistoryRow({ entry }: { entry: AuditEntry }) {
  const { action, by, at } = entry;
  return (
    <li class="row">
      <div class="row-text">
        <p class="row-title">{actionText(action)}</p>
        <p class="muted small">
          <bdi>{by.name}</bdi> · <time dateTime={new Date(at).toISOString()}>{timeText(at)}</time>
        </p>
        <div class="muted small history-change">
          <ChangeDetails entry={entry} />
        </div>
      </div>
    </li>
  );
}
