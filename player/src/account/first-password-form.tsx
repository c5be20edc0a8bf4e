import { useForm } from '../rest/index.ts';
import { Banner, Button, Card, Field } from '../ui/index.ts';
import { emailFault, faults, nameFault, newPasswordFault } from './account-checks.ts';
import type { AccountSession } from './account-session.ts';
import { EmailField } from './email-field.tsx';
import { PasswordField } from './password-field.tsx';
import { t } from './words.ts';

/** For an administrator who came by a one-time link: name, address and password for the next time. */
export function FirstPasswordForm(props: { session: AccountSession; onDone: () => void }) {
  const { session, onDone } = props;
  const form = useForm({
    initial: { name: session.account.value?.name ?? '', email: '', password: '' },
    check: ({ name, email, password }) =>
      faults({ name: nameFault(name), email: emailFault(email), password: newPasswordFault(password) }),
    send: async ({ name, email, password }) => {
      // In this order: with a password set, changing the address would ask for it.
      await session.change({ name, email: email.trim() });
      await session.changePassword({ newPassword: password });
      onDone();
    },
    fieldOf: ({ code }) => (code === 'email_taken' ? 'email' : undefined),
  });
  return (
    <Card label={t('once.title')}>
      <form class="stack" ref={form.ref} onSubmit={form.submit} noValidate>
        <div class="stack stack--tight">
          <h1>{t('once.title')}</h1>
          <p class="muted">{t('once.lead')}</p>
        </div>
        {form.problem !== undefined && <Banner tone="danger" title={form.problem} />}
        <Field {...form.field('name')} label={t('register.name')} autocomplete="nickname" maxLength={40} required />
        <EmailField {...form.field('email')} />
        <PasswordField
          {...form.field('password')}
          label={t('sign_in.password')}
          hint={t('register.password.hint')}
          isNew
        />
        <div class="actions">
          <Button type="submit" kind="primary" busy={form.isBusy}>
            {t('once.do')}
          </Button>
          <Button kind="quiet" onClick={onDone}>
            {t('once.later')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
