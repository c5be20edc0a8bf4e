import { ACCOUNT_ROLES, type AccountRole, type AdminUser } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { asProblem, paged, problemText, useFresh } from '../rest/index.ts';
import { Banner, Button, type Column, Pill } from '../ui/index.ts';
import type { AdminApi } from './admin-api.ts';
import { PagedTable } from './paged-table.tsx';
import { t } from './words.ts';

const dates = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });

type Change = { role?: AccountRole; disabled?: boolean };

/** Accounts: their roles, and whether they may sign in. */
export function UsersView({ api, you }: { api: AdminApi; you: string }) {
  const users = useMemo(() => paged((cursor) => api.users(cursor)), [api]);
  const said = useSignal<{ tone: 'ok' | 'danger'; text: string }>();
  useFresh(users);
  const change = async (user: AdminUser, wish: Change) => {
    said.value = undefined;
    try {
      const changed = await api.changeUser(user.id, wish);
      users.replace(changed, ({ id }) => id === changed.id);
      said.value = { tone: 'ok', text: t('users.changed', { name: changed.name }) };
    } catch (error) {
      const problem = asProblem(error);
      users.replace({ ...user }, ({ id }) => id === user.id); // the select goes back to what holds
      const text = problem.code === 'conflict' ? t('users.last_admin') : problemText(problem);
      said.value = { tone: 'danger', text };
    }
  };
  return (
    <div class="stack">
      {said.value !== undefined && <Banner tone={said.value.tone} title={said.value.text} />}
      <PagedTable
        caption={t('users.title')}
        list={users}
        empty=""
        columns={columnsOf({ you, onChange: (user, wish) => void change(user, wish) })}
        keyOf={({ id }) => id}
      />
    </div>
  );
}

function columnsOf(props: { you: string; onChange: (user: AdminUser, wish: Change) => void }): Column<AdminUser>[] {
  const { you, onChange } = props;
  return [
    {
      name: t('users.name'),
      cell: ({ id, name }) => (
        <>
          <bdi>{name}</bdi> {id === you && <Pill>{t('users.you')}</Pill>}
        </>
      ),
    },
    { name: t('users.email'), cell: ({ email }) => email || t('users.email.none'), isWide: true },
    { name: t('users.role'), cell: (user) => <RoleSelect user={user} onChoose={(role) => onChange(user, { role })} /> },
    { name: t('users.since'), cell: ({ createdAt }) => dates.format(createdAt), isWide: true },
    {
      name: t('users.act'),
      cell: (user) => (
        <Button
          kind={user.disabledAt === null ? 'danger' : 'plain'}
          aria-label={t(user.disabledAt === null ? 'users.disable.named' : 'users.enable.named', { name: user.name })}
          onClick={() => onChange(user, { disabled: user.disabledAt === null })}
        >
          {t(user.disabledAt === null ? 'users.disable' : 'users.enable')}
        </Button>
      ),
    },
  ];
}

function RoleSelect({ user, onChoose }: { user: AdminUser; onChoose: (role: AccountRole) => void }) {
  return (
    <select
      class="field-control"
      aria-label={t('users.role.named', { name: user.name })}
      value={user.role}
      onChange={(event) => onChoose(event.currentTarget.value as AccountRole)}
    >
      {ACCOUNT_ROLES.map((role) => (
        <option key={role} value={role}>
          {t(`users.role.${role}`)}
        </option>
      ))}
    </select>
  );
}
