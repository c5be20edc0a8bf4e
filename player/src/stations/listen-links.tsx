import { type FreshListenToken, type ListenToken, privateListenPath } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { type Loaded, loaded, useFresh } from '../rest/index.ts';
import { Button, Card, ConfirmDialog, CopyButton, Pill } from '../ui/index.ts';
import { dateText } from './dates.ts';
import { FreshSecret } from './fresh-secret.tsx';
import { LoadedRows } from './loaded-rows.tsx';
import { NewListenLinkForm } from './new-listen-link-form.tsx';
import type { StationApi } from './station-api.ts';
import { useActs } from './use-acts.ts';
import { t } from './words.ts';

/** Links that let others listen to a private station: made, shown once, revoked. */
export function ListenLinks({ api, station }: { api: StationApi; station: string }) {
  const links = useMemo(() => loaded(() => api.listenTokens(station)), [api, station]);
  const fresh = useSignal<FreshListenToken>();
  useFresh(links);
  const show = (link: FreshListenToken | undefined) => {
    fresh.value = link;
    if (link !== undefined) void links.refresh();
  };
  return (
    <Card label={t('links.title')}>
      <div class="stack">
        <div class="stack stack--tight">
          <h2>{t('links.title')}</h2>
          <p class="muted small">{t('links.hint')}</p>
        </div>
        {fresh.value === undefined ? (
          <NewListenLinkForm make={(body, wishId) => api.makeListenToken(station, body, wishId)} onMade={show} />
        ) : (
          <FreshLink station={station} link={fresh.value} onDone={() => show(undefined)} />
        )}
        <LinkList links={links} revoke={(id) => api.revokeListenToken(station, id)} />
      </div>
    </Card>
  );
}

function FreshLink({ station, link, onDone }: { station: string; link: FreshListenToken; onDone: () => void }) {
  const page = new URL(privateListenPath(station, link.token), location.origin).href;
  const playlist = new URL(link.url, location.origin).href;
  return (
    <FreshSecret
      title={t('links.fresh')}
      hint={t('links.fresh.hint')}
      secret={page}
      done={t('links.fresh.done')}
      onDone={onDone}
    >
      <CopyButton label={t('links.fresh.copy')} text={() => page} />
      <CopyButton label={t('links.fresh.copy_players')} text={() => playlist} />
    </FreshSecret>
  );
}

function LinkList({ links, revoke }: { links: Loaded<ListenToken[]>; revoke: (id: string) => Promise<void> }) {
  const doomed = useSignal<ListenToken>();
  const { problem, act } = useActs(() => links.refresh());
  const setDoomed = (link: ListenToken | undefined) => {
    doomed.value = link;
  };
  return (
    <>
      <LoadedRows
        list={links}
        loading={t('links.loading')}
        empty={t('links.empty')}
        problem={problem}
        keyOf={({ id }) => id}
        row={(link) => <LinkRow link={link} onRevoke={() => setDoomed(link)} />}
      />
      <ConfirmDialog
        isOpen={doomed.value !== undefined}
        title={t('keys.revoke.title', { name: doomed.value === undefined ? '' : linkName(doomed.value) })}
        confirm={t('keys.revoke')}
        keep={t('keys.revoke.cancel')}
        onKeep={() => setDoomed(undefined)}
        onConfirm={() => {
          const id = doomed.value?.id;
          setDoomed(undefined);
          if (id !== undefined) void act(() => revoke(id));
        }}
      >
        {t('links.revoke.body')}
      </ConfirmDialog>
    </>
  );
}

function LinkRow({ link, onRevoke }: { link: ListenToken; onRevoke: () => void }) {
  const { createdAt, expiresAt, lastUsedAt } = link;
  const isOver = expiresAt !== null && expiresAt <= Date.now();
  return (
    <>
      <div class="row-text">
        <p class="row-title">
          <bdi>{linkName(link)}</bdi>
        </p>
        <p class="muted small">
          {[
            t('keys.made', { date: dateText(createdAt) }),
            lastUsedAt === null ? t('keys.unused') : t('keys.used', { date: dateText(lastUsedAt) }),
            expiresAt === null ? t('links.for_good') : t('links.until', { date: dateText(expiresAt) }),
          ].join(' · ')}
        </p>
      </div>
      <div class="actions">
        {isOver && <Pill tone="off">{t('links.expired')}</Pill>}
        <Button kind="danger" onClick={onRevoke} aria-label={t('keys.revoke.named', { name: linkName(link) })}>
          {t('keys.revoke')}
        </Button>
      </div>
    </>
  );
}

function linkName({ id, label }: ListenToken): string {
  return label === '' ? t('links.unnamed', { id }) : label;
}
