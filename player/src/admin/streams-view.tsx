import { ACCOUNT_ID_PATTERN, type AdminStream, listenPath } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { asProblem, loaded, problemText } from '../rest/index.ts';
import { Banner, Button, type Column, clock, DataTable, Dialog, EmptyState, Loading, Pill } from '../ui/index.ts';
import type { AdminApi } from './admin-api.ts';
import { t } from './words.ts';

/** How often the streams are asked for while somebody looks, in ms. */
const REFRESH_MS = 5000;

/** Every stream on air, and the button that ends one. */
export function StreamsView({ api }: { api: AdminApi }) {
  const streams = useMemo(() => loaded(() => api.streams()), [api]);
  const doomed = useSignal<AdminStream>();
  const said = useSignal<{ tone: 'ok' | 'danger'; text: string }>();
  const now = useSignal(Date.now());
  useEffect(() => {
    const look = () => {
      now.value = Date.now();
      if (!document.hidden) void streams.refresh();
    };
    look();
    const timer = setInterval(look, REFRESH_MS);
    return () => clearInterval(timer);
  }, [streams, now]);
  const keep = () => {
    doomed.value = undefined;
  };
  const stop = async ({ station, title }: AdminStream) => {
    keep();
    try {
      await api.stop(station);
      said.value = { tone: 'ok', text: t('streams.stopped', { title }) };
    } catch (error) {
      said.value = { tone: 'danger', text: problemText(asProblem(error)) };
    }
    await streams.refresh();
  };
  const { status, value = [], problem } = streams.view.value;
  if (status === 'loading') return <Loading label={t('admin.loading')} />;
  const columns = columnsOf({ now: now.value, onStop: (stream) => (doomed.value = stream) });
  return (
    <div class="stack">
      {said.value !== undefined && <Banner tone={said.value.tone} title={said.value.text} />}
      {problem !== undefined && (
        <Banner tone="warn" title={t('admin.failed')}>
          {problemText(problem)}
        </Banner>
      )}
      {value.length === 0 && problem === undefined && <EmptyState title={t('streams.empty')} />}
      {value.length > 0 && (
        <>
          <p class="muted">{t('streams.count', { count: value.length })}</p>
          <DataTable
            caption={t('streams.title')}
            columns={columns}
            rows={value}
            keyOf={({ broadcastId }) => broadcastId}
          />
        </>
      )}
      <StopStreamDialog doomed={doomed.value} onStop={(stream) => void stop(stream)} onKeep={keep} />
    </div>
  );
}

function columnsOf(props: { now: number; onStop: (stream: AdminStream) => void }): Column<AdminStream>[] {
  return [
    {
      name: t('streams.station'),
      cell: ({ station, title, public: isPublic }) => (
        <>
          <a href={listenPath(station)} aria-label={t('streams.listen.named', { title })}>
            <bdi>{title}</bdi>
          </a>{' '}
          {!isPublic && <Pill>{t('streams.private')}</Pill>}
        </>
      ),
    },
    {
      name: t('streams.state'),
      cell: ({ onAir }) => (
        <Pill tone={onAir ? 'live' : 'warn'}>{onAir ? t('streams.on_air') : t('streams.starting')}</Pill>
      ),
    },
    {
      name: t('streams.since'),
      cell: ({ startedAt }) => <span class="tabular">{clock(props.now - startedAt)}</span>,
    },
    { name: t('streams.sound'), cell: (stream) => <StreamSound stream={stream} /> },
    { name: t('streams.source'), cell: ({ openedBy }) => sourceText(openedBy), isWide: true },
    {
      name: t('streams.act'),
      cell: (stream) => (
        <Button
          kind="danger"
          icon="stop"
          aria-label={t('streams.stop.named', { title: stream.title })}
          onClick={() => props.onStop(stream)}
        >
          {t('streams.stop')}
        </Button>
      ),
    },
  ];
}

/** How loud it is, and what is wrong with it. */
function StreamSound({ stream }: { stream: AdminStream }) {
  const { levelDbfs, shortTermLufs, alarms } = stream;
  const lufs = shortTermLufs?.toFixed(0).replace('-', '−');
  return (
    <>
      <span class="tabular">
        {levelDbfs === null && t('streams.no_sound')}
        {lufs !== undefined && t('streams.lufs', { lufs })}
      </span>{' '}
      {alarms.map(({ alarm, level }) => (
        <Pill key={alarm} tone={level === 'alarm' ? 'live' : 'warn'}>
          {t(`streams.alarm.${alarm}`)}
        </Pill>
      ))}
    </>
  );
}

function sourceText(openedBy: string): string {
  return ACCOUNT_ID_PATTERN.test(openedBy) ? t('streams.source.account') : t('streams.source.key', { id: openedBy });
}

function StopStreamDialog(props: {
  doomed: AdminStream | undefined;
  onStop: (stream: AdminStream) => void;
  onKeep: () => void;
}) {
  const { doomed, onStop, onKeep } = props;
  return (
    <Dialog
      isOpen={doomed !== undefined}
      title={t('streams.stop.title', { title: doomed?.title ?? '' })}
      onLeave={onKeep}
      actions={
        <>
          <Button onClick={onKeep}>{t('streams.stop.cancel')}</Button>
          <Button kind="danger" icon="stop" onClick={() => doomed !== undefined && onStop(doomed)}>
            {t('streams.stop')}
          </Button>
        </>
      }
    >
      <p class="muted">{t('streams.stop.body')}</p>
    </Dialog>
  );
}
