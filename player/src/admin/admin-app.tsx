import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { AccountLink, type AccountSession, SignInCard, Unreachable } from '../account/index.ts';
import { EmptyState, LinkButton, Loading, Tabs, TopBar } from '../ui/index.ts';
import type { AdminApi } from './admin-api.ts';
import { AuditView } from './audit-view.tsx';
import { StreamsView } from './streams-view.tsx';
import { UsersView } from './users-view.tsx';
import { t } from './words.ts';

/** The administration: for administrators, the way to sign in for everybody else. */
export function AdminApp({ session, api }: { session: AccountSession; api: AdminApi }) {
  const account = session.account.value;
  return (
    <>
      <a class="skip-link" href="#admin">
        {t('admin.skip')}
      </a>
      <TopBar>
        <a class="topbar-link" href="/studio">
          {t('admin.studio')}
        </a>
        <AccountLink session={session} />
      </TopBar>
      {account?.role === 'admin' ? (
        <main class="admin" id="admin" tabIndex={-1}>
          <h1>{t('admin.title')}</h1>
          <Parts api={api} you={account.id} />
        </main>
      ) : (
        <main class="admin admin--narrow" id="admin" tabIndex={-1}>
          <Entrance session={session} />
        </main>
      )}
    </>
  );
}

function Parts({ api, you }: { api: AdminApi; you: string }) {
  const part = useSignal<'streams' | 'users' | 'audit'>('streams');
  const contents: Record<typeof part.value, ComponentChildren> = {
    streams: <StreamsView api={api} />,
    users: <UsersView api={api} you={you} />,
    audit: <AuditView api={api} />,
  };
  return (
    <Tabs
      label={t('admin.parts')}
      tabs={(['streams', 'users', 'audit'] as const).map((value) => ({ value, name: t(`${value}.title`) }))}
      value={part.value}
      onChoose={(value) => {
        part.value = value;
      }}
    >
      {contents[part.value]}
    </Tabs>
  );
}

function Entrance({ session }: { session: AccountSession }) {
  const state = session.state.value;
  switch (state.kind) {
    case 'asking':
      return <Loading label={t('admin.asking')} />;
    case 'unreachable':
      return <Unreachable session={session} />;
    case 'signed_out':
      return <SignInCard session={session} />;
    case 'signed_in':
      return (
        <>
          <h1 class="sr-only">{t('admin.title')}</h1>
          <EmptyState
            title={t('admin.forbidden')}
            action={<LinkButton href="/sign-in">{t('admin.account')}</LinkButton>}
          >
            {t('admin.forbidden.body', { name: state.account.name })}
          </EmptyState>
        </>
      );
  }
}
