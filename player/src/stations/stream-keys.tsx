import type { FreshKey, StreamKey } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { asProblem, type Loaded, loaded, problemText } from '../rest/index.ts';
import { Banner, Button, Card, Dialog, Loading, Pill } from '../ui/index.ts';
import { FreshKeyCard } from './fresh-key-card.tsx';
import { NewKeyForm } from './new-key-form.tsx';
import type { StationApi } from './station-api.ts';
import { t } from './words.ts';

const dates = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** Stream keys of a station: make one, see when they were used, revoke one. */
export function StreamKeys({ api, station }: { api: StationApi; station: string }) {
  const keys = useMemo(() => loaded(() => api.keys(station)), [api, station]);
  const fresh = useSignal<FreshKey>();
  useEffect(() => void keys.refresh(), [keys]);
  const show = (key: FreshKey | undefined) => {
    fresh.value = key;
    if (key !== undefined) void keys.refresh();
  };
  return (
    <Card label={t('keys.title')}>
      <div class="stack">
        <div class="stack stack--tight">
          <h2>{t('keys.title')}</h2>
          <p class="muted small">{t('keys.hint')}</p>
        </div>
        {fresh.value === undefined ? (
          <NewKeyForm make={(label, wishId) => api.makeKey(station, label, wishId)} onMade={show} />
        ) : (
          <FreshKeyCard station={station} fresh={fresh.value} onDone={() => show(undefined)} />
        )}
        <KeyList keys={keys} revoke={(id) => api.revokeKey(station, id)} />
      </div>
    </Card>
  );
}

function KeyList({ keys, revoke }: { keys: Loaded<StreamKey[]>; revoke: (id: string) => Promise<void> }) {
  const doomed = useSignal<StreamKey>();
  const problem = useSignal<string>();
  const { status, value, problem: loadProblem } = keys.view.value;
  const doRevoke = async (key: StreamKey) => {
    doomed.value = undefined;
    await revoke(key.id).catch((error: unknown) => {
      problem.value = problemText(asProblem(error));
    });
    await keys.refresh();
  };
  if (status === 'loading') return <Loading label={t('keys.loading')} />;
  const fault = problem.value ?? (loadProblem && problemText(loadProblem));
  return (
    <>
      {fault !== undefined && <Banner tone="danger" title={fault} />}
      {value?.length === 0 && <p class="muted">{t('keys.empty')}</p>}
      <ul class="rows">
        {value?.map((key) => (
          <KeyRow
            key={key.id}
            streamKey={key}
            onRevoke={() => {
              doomed.value = key;
            }}
          />
        ))}
      </ul>
      <RevokeDialog
        doomed={doomed.value}
        onRevoke={(key) => void doRevoke(key)}
        onKeep={() => {
          doomed.value = undefined;
        }}
      />
    </>
  );
}

function KeyRow({ streamKey, onRevoke }: { streamKey: StreamKey; onRevoke: () => void }) {
  const { createdAt, lastUsedAt, revokedAt } = streamKey;
  const used = lastUsedAt === null ? t('keys.unused') : t('keys.used', { date: dates.format(lastUsedAt) });
  return (
    <li class="row">
      <div class="row-text">
        <p class="row-title" dir="auto">
          {keyName(streamKey)}
        </p>
        <p class="muted small">
          {t('keys.made', { date: dates.format(createdAt) })} · {used}
        </p>
      </div>
      {revokedAt === null ? (
        <Button kind="danger" onClick={onRevoke} aria-label={t('keys.revoke.named', { name: keyName(streamKey) })}>
          {t('keys.revoke')}
        </Button>
      ) : (
        <Pill tone="off">
          {revokedAt > Date.now() ? t('keys.ends', { date: dates.format(revokedAt) }) : t('keys.revoked')}
        </Pill>
      )}
    </li>
  );
}

function RevokeDialog(props: {
  doomed: StreamKey | undefined;
  onRevoke: (key: StreamKey) => void;
  onKeep: () => void;
}) {
  const { doomed, onRevoke, onKeep } = props;
  return (
    <Dialog
      isOpen={doomed !== undefined}
      title={t('keys.revoke.title', { name: doomed === undefined ? '' : keyName(doomed) })}
      onLeave={onKeep}
      actions={
        <>
          <Button onClick={onKeep}>{t('keys.revoke.cancel')}</Button>
          <Button kind="danger" onClick={() => doomed !== undefined && onRevoke(doomed)}>
            {t('keys.revoke')}
          </Button>
        </>
      }
    >
      <p class="muted">{t('keys.revoke.body')}</p>
    </Dialog>
  );
}

function keyName({ id, label }: StreamKey): string {
  return label === '' ? t('keys.unnamed', { id }) : label;
}
