import type { OwnAccount as Account } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { asProblem, problemText, useForm } from '../rest/index.ts';
import { Banner, Button, Card, Field, LinkButton, Pill, Saved } from '../ui/index.ts';
import { emailFault, faults, nameFault, newPasswordFault } from './account-checks.ts';
import type { AccountSession } from './account-session.ts';
import { PasswordField } from './password-field.tsx';
import { t } from './words.ts';

/** The account of whoever is signed in: what it is, what can be changed, the ways out. */
export function OwnAccount({ session, account }: { session: AccountSession; account: Account }) {
  return (
    <div class="stack">
      <h1 class="sr-only">{t('account.title')}</h1>
      <Card label={t('account.title')}>
        <div class="stack">
          <div class="account-head">
            <div>
              <p class="account-name" dir="auto">
                {account.name}
              </p>
              <p class="muted" dir="auto">
                {account.email || t('account.no_email')}
              </p>
            </div>
            <Pill tone={account.role === 'admin' ? 'warn' : 'plain'}>{t(`account.role.${account.role}`)}</Pill>
          </div>
          <div class="actions">
            <LinkButton kind="primary" icon="radio" href="/studio">
              {t('account.studio')}
            </LinkButton>
            {account.role === 'admin' && <LinkButton href="/admin">{t('account.admin')}</LinkButton>}
          </div>
        </div>
      </Card>
      <Card label={t('account.profile')}>
        <ProfileForm session={session} account={account} />
      </Card>
      <Card label={t('account.password')}>
        <PasswordForm session={session} account={account} />
      </Card>
      <SignOut session={session} />
    </div>
  );
}

function ProfileForm({ session, account }: { session: AccountSession; account: Account }) {
  const isSaved = useSignal(false);
  const form = useForm({
    initial: { name: account.name, email: account.email, currentPassword: '' },
    check: ({ name, email }) => {
      isSaved.value = false;
      return faults({ name: nameFault(name), email: email === account.email ? undefined : emailFault(email) });
    },
    send: async ({ name, email, currentPassword }) => {
      const address = email.trim() === account.email ? {} : { email: email.trim(), ...given(currentPassword) };
      await session.change({ name, ...address });
      form.set('currentPassword', '');
      isSaved.value = true;
    },
    fieldOf: ({ code }) =>
      code === 'email_taken' ? 'email' : code === 'bad_credentials' ? 'currentPassword' : undefined,
  });
  const asksPassword = form.values.email.trim() !== account.email && account.email !== '';
  return (
    <form class="stack" ref={form.ref} onSubmit={form.submit} noValidate>
      <h2>{t('account.profile')}</h2>
      {form.problem !== undefined && <Banner tone="danger" title={form.problem} />}
      <Field {...form.field('name')} label={t('register.name')} autocomplete="nickname" maxLength={40} required />
      <Field
        {...form.field('email')}
        label={t('sign_in.email')}
        inputMode="email"
        autocomplete="email"
        maxLength={254}
      />
      {asksPassword && (
        <PasswordField
          {...form.field('currentPassword')}
          label={t('account.profile.current')}
          hint={t('account.profile.current.hint')}
        />
      )}
      <div class="actions">
        <Button type="submit" busy={form.isBusy}>
          {t('account.save')}
        </Button>
        <Saved>{isSaved.value && t('account.saved')}</Saved>
      </div>
    </form>
  );
}

function PasswordForm({ session, account }: { session: AccountSession; account: Account }) {
  const isSaved = useSignal(false);
  const form = useForm({
    initial: { currentPassword: '', newPassword: '' },
    check: ({ newPassword }) => {
      isSaved.value = false;
      return faults({ newPassword: newPasswordFault(newPassword) });
    },
    send: async ({ currentPassword, newPassword }) => {
      await session.changePassword({ newPassword, ...given(currentPassword) });
      form.set('currentPassword', '');
      form.set('newPassword', '');
      isSaved.value = true;
    },
    fieldOf: ({ code }) => (code === 'bad_credentials' ? 'currentPassword' : undefined),
  });
  return (
    <form class="stack" ref={form.ref} onSubmit={form.submit} noValidate>
      <h2>{t('account.password')}</h2>
      {form.problem !== undefined && <Banner tone="danger" title={form.problem} />}
      <input type="hidden" autocomplete="username" value={account.email} />
      <PasswordField {...form.field('currentPassword')} label={t('account.password.current')} />
      <PasswordField
        {...form.field('newPassword')}
        label={t('account.password.new')}
        hint={t('account.password.hint')}
        isNew
      />
      <div class="actions">
        <Button type="submit" busy={form.isBusy}>
          {t('account.password.do')}
        </Button>
        <Saved>{isSaved.value && t('account.password.done')}</Saved>
      </div>
    </form>
  );
}

function SignOut({ session }: { session: AccountSession }) {
  const problem = useSignal<string>();
  const leave = (act: () => Promise<void>) => () => {
    problem.value = undefined;
    act().catch((error: unknown) => {
      problem.value = problemText(asProblem(error));
    });
  };
  return (
    <Card label={t('account.sign_out')}>
      <div class="stack">
        {problem.value !== undefined && <Banner tone="danger" title={problem.value} />}
        <div class="actions">
          <Button onClick={leave(() => session.signOut())}>{t('account.sign_out')}</Button>
          <Button kind="danger" onClick={leave(() => session.signOutEverywhere())}>
            {t('account.sign_out_everywhere')}
          </Button>
        </div>
        <p class="muted small">{t('account.sign_out.hint')}</p>
      </div>
    </Card>
  );
}

function given(currentPassword: string): { currentPassword?: string } {
  return currentPassword === '' ? {} : { currentPassword };
}
