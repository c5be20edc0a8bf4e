import type { FreshKey, StreamKey } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { type Loaded, loaded } from '../rest/index.ts';
import { Button, Card, ConfirmDialog, Pill } from '../ui/index.ts';
import { dateText } from './dates.ts';
import { FreshKeyCard } from './fresh-key-card.tsx';
import { LoadedRows } from './loaded-rows.tsx';
import { NewKeyForm } from './new-key-form.tsx';
import type { StationApi } from './station-api.ts';
import { useActs } from './use-acts.ts';
import { t } from './words.ts';

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
  const { problem, act } = useActs(() => keys.refresh());
  const setDoomed = (key: StreamKey | undefined) => {
    doomed.value = key;
  };
  return (
    <>
      <LoadedRows
        list={keys}
        loading={t('keys.loading')}
        empty={t('keys.empty')}
        problem={problem}
        keyOf={({ id }) => id}
        row={(key) => <KeyRow streamKey={key} onRevoke={() => setDoomed(key)} />}
      />
      <ConfirmDialog
        isOpen={doomed.value !== undefined}
        title={t('keys.revoke.title', { name: doomed.value === undefined ? '' : keyName(doomed.value) })}
        confirm={t('keys.revoke')}
        keep={t('keys.revoke.cancel')}
        onKeep={() => setDoomed(undefined)}
        onConfirm={() => {
          const id = doomed.value?.id;
          setDoomed(undefined);
          if (id !== undefined) void act(() => revoke(id));
        }}
      >
        {t('keys.revoke.body')}
      </ConfirmDialog>
    </>
  );
}

function KeyRow({ streamKey, onRevoke }: { streamKey: StreamKey; onRevoke: () => void }) {
  const { createdAt, lastUsedAt, revokedAt } = streamKey;
  const used = lastUsedAt === null ? t('keys.unused') : t('keys.used', { date: dateText(lastUsedAt) });
  return (
    <>
      <div class="row-text">
        <p class="row-title" dir="auto">
          {keyName(streamKey)}
        </p>
        <p class="muted small">
          {t('keys.made', { date: dateText(createdAt) })} · {used}
        </p>
      </div>
      {revokedAt === null ? (
        <Button kind="danger" onClick={onRevoke} aria-label={t('keys.revoke.named', { name: keyName(streamKey) })}>
          {t('keys.revoke')}
        </Button>
      ) : (
        <Pill tone="off">
          {revokedAt > Date.now() ? t('keys.ends', { date: dateText(revokedAt) }) : t('keys.revoked')}
        </Pill>
      )}
    </>
  );
}

function keyName({ id, label }: StreamKey): string {
  return label === '' ? t('keys.unnamed', { id }) : label;
}
