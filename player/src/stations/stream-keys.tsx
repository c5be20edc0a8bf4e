import type { FreshKey, StreamKey } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { type Loaded, loaded, newWishId, useFresh } from '../rest/index.ts';
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
  useFresh(keys);
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
        <KeyList
          keys={keys}
          revoke={(id) => api.revokeKey(station, id)}
          replace={async (id) => show(await api.rotateKey(station, id, newWishId()))}
        />
      </div>
    </Card>
  );
}

type KeyListProps = {
  keys: Loaded<StreamKey[]>;
  revoke: (id: string) => Promise<void>;
  replace: (id: string) => Promise<void>;
};

/** What somebody is asked about a key. */
type Doom = { key: StreamKey; by: 'revoke' | 'replace' };

function KeyList({ keys, revoke, replace }: KeyListProps) {
  const doom = useSignal<Doom>();
  const { problem, act } = useActs(() => keys.refresh());
  const setDoom = (value: Doom | undefined) => {
    doom.value = value;
  };
  const { key, by = 'revoke' } = doom.value ?? {};
  return (
    <>
      <LoadedRows
        list={keys}
        loading={t('keys.loading')}
        empty={t('keys.empty')}
        problem={problem}
        keyOf={({ id }) => id}
        row={(one) => <KeyRow streamKey={one} onAsk={(how) => setDoom({ key: one, by: how })} />}
      />
      <ConfirmDialog
        isOpen={key !== undefined}
        title={t(`keys.${by}.title`, { name: key === undefined ? '' : keyName(key) })}
        confirm={t(`keys.${by}`)}
        keep={t('keys.revoke.cancel')}
        onKeep={() => setDoom(undefined)}
        onConfirm={() => {
          setDoom(undefined);
          if (key !== undefined) void act(() => (by === 'revoke' ? revoke : replace)(key.id));
        }}
      >
        {t(`keys.${by}.body`)}
      </ConfirmDialog>
    </>
  );
}

function KeyRow({ streamKey, onAsk }: { streamKey: StreamKey; onAsk: (by: Doom['by']) => void }) {
  const { createdAt, lastUsedAt, revokedAt } = streamKey;
  const used = lastUsedAt === null ? t('keys.unused') : t('keys.used', { date: dateText(lastUsedAt) });
  return (
    <>
      <div class="row-text">
        <p class="row-title">
          <bdi>{keyName(streamKey)}</bdi>
        </p>
        <p class="muted small">
          {t('keys.made', { date: dateText(createdAt) })} · {used}
        </p>
      </div>
      {revokedAt === null ? (
        <div class="actions">
          <Button onClick={() => onAsk('replace')} aria-label={t('keys.replace.named', { name: keyName(streamKey) })}>
            {t('keys.replace')}
          </Button>
          <Button
            kind="danger"
            onClick={() => onAsk('revoke')}
            aria-label={t('keys.revoke.named', { name: keyName(streamKey) })}
          >
            {t('keys.revoke')}
          </Button>
        </div>
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
