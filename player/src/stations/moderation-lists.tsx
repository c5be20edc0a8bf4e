import type { ChatReport, ChatRestriction } from '@awaz/infra/contract';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { type Paged, paged, problemText, useFresh } from '../rest/index.ts';
import { Banner, Button, Card, Loading } from '../ui/index.ts';
import { dateText } from './dates.ts';
import type { StationApi } from './station-api.ts';
import { type Acts, useActs } from './use-acts.ts';
import { t } from './words.ts';

/** How often a list is loaded anew while somebody looks, in ms. */
const REFRESH_MS = 15_000;

/** Reported messages, and who is muted or banned. */
export function ModerationLists({ api, station }: { api: StationApi; station: string }) {
  return (
    <>
      <Reports api={api} station={station} />
      <Restrictions api={api} station={station} />
    </>
  );
}

function Reports({ api, station }: { api: StationApi; station: string }) {
  const reports = useMemo(() => paged((cursor) => api.reports(station, cursor)), [api, station]);
  return (
    <RowsCard
      title={t('reports.title')}
      empty={t('reports.empty')}
      list={reports}
      keyOf={({ message }) => message.id}
      row={({ message, count, reasons }, act) => (
        <>
          <div class="row-text">
            <p>
              <bdi class="row-title">{message.author.name}</bdi>: <span dir="auto">{message.text}</span>
            </p>
            <p class="muted small">
              {t('reports.count', { count })} {reasons.join(' · ')}
            </p>
          </div>
          <div class="actions">
            <Button onClick={() => void act(() => api.letBe(station, message.id))}>{t('reports.let_be')}</Button>
            <Button kind="danger" icon="trash" onClick={() => void act(() => api.deleteMessage(station, message.id))}>
              {t('reports.delete')}
            </Button>
          </div>
        </>
      )}
    />
  );
}

function Restrictions({ api, station }: { api: StationApi; station: string }) {
  const restrictions = useMemo(() => paged((cursor) => api.restrictions(station, cursor)), [api, station]);
  return (
    <RowsCard
      title={t('held.title')}
      empty={t('held.empty')}
      list={restrictions}
      keyOf={({ kind, target }) => kind + target}
      row={(restriction, act) => (
        <>
          <div class="row-text">
            <p class="row-title">
              <bdi>{restriction.name || restriction.target}</bdi>
            </p>
            <p class="muted small">{heldText(restriction)}</p>
          </div>
          <Button
            aria-label={t('held.lift.named', { name: restriction.name || restriction.target })}
            onClick={() => void act(() => api.lift(station, restriction))}
          >
            {t('held.lift')}
          </Button>
        </>
      )}
    />
  );
}

function heldText({ kind, expiresAt, by, reason }: ChatRestriction): string {
  const until = expiresAt === null ? t('held.for_good') : t('held.until', { date: dateText(expiresAt) });
  return [t(`held.${kind}`), until, t('held.by', { name: by.name }), reason].filter((part) => part !== '').join(' · ');
}

type RowsProps<Row> = {
  title: string;
  empty: string;
  list: Paged<Row>;
  keyOf: (row: Row) => string;
  row: (row: Row, act: Acts['act']) => ComponentChildren;
};

function RowsCard<Row extends ChatReport | ChatRestriction>({ title, empty, list, keyOf, row }: RowsProps<Row>) {
  const { problem, act } = useActs(() => list.refresh());
  const isRead = useRef(false);
  useFresh(list);
  useEffect(() => {
    // As long as only the first part is shown: a list that is being read does not shrink.
    const timer = setInterval(() => !document.hidden && !isRead.current && void list.refresh(), REFRESH_MS);
    return () => clearInterval(timer);
  }, [list]);
  const more = () => {
    isRead.current = true;
    void list.more();
  };
  const view = list.view.value;
  const { status, items, problem: loadProblem } = view;
  const fault = problem ?? (loadProblem && problemText(loadProblem));
  return (
    <Card label={title}>
      <div class="stack">
        <h2>{title}</h2>
        {fault !== undefined && <Banner tone="warn" title={fault} />}
        {status === 'loading' && items.length === 0 && <Loading label={t('chat.loading')} />}
        {status === 'loaded' && items.length === 0 && <p class="muted">{empty}</p>}
        <ul class="rows">
          {items.map((item) => (
            <li key={keyOf(item)} class="row">
              {row(item, act)}
            </li>
          ))}
        </ul>
        {view.hasMore && <Button onClick={more}>{t('rows.more')}</Button>}
      </div>
    </Card>
  );
}
