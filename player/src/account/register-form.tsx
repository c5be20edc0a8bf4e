import type { OwnAccount } from '@awaz/infra/contract';
import { useForm } from '../rest/index.ts';
import { Banner, Button, Field } from '../ui/index.ts';
import { emailFault, faults, nameFault, newPasswordFault } from './account-checks.ts';
import type { AccountSession } from './account-session.ts';
import { EmailField } from './email-field.tsx';
import { FormTurn } from './form-turn.tsx';
import { PasswordField } from './password-field.tsx';
import { t } from './words.ts';

/** Where a form signs in, and what comes after. */
export type SignInProps = { session: AccountSession; onDone?: (account: OwnAccount) => void };

/** Makes an account and signs it in. */
export function RegisterForm({ session, onDone, onTurn }: SignInProps & { onTurn: () => void }) {
  const form = useForm({
    initial: { name: '', email: '', password: '' },
    check: ({ name, email, password }) =>
      faults({ name: nameFault(name), email: emailFault(email), password: newPasswordFault(password) }),
    send: async (values) => {
      const account = await session.register({ ...values, email: values.email.trim() });
      onDone?.(account);
    },
    fieldOf: ({ code }) => (code === 'email_taken' ? 'email' : undefined),
  });
  return (
    <form class="stack" ref={form.ref} onSubmit={form.submit} noValidate>
      <div class="stack stack--tight">
        <h1>{t('register.title')}</h1>
        <p class="muted">{t('register.lead')}</p>
      </div>
      {form.problem !== undefined && <Banner tone="danger" title={form.problem} />}
      <Field
        {...form.field('name')}
        label={t('register.name')}
        hint={t('register.name.hint')}
        autocomplete="nickname"
        maxLength={40}
        required
      />
      <EmailField {...form.field('email')} />
      <PasswordField
        {...form.field('password')}
        label={t('sign_in.password')}
        hint={t('register.password.hint')}
        isNew
      />
      <Button type="submit" kind="primary" large busy={form.isBusy}>
        {t('register.do')}
      </Button>
      <FormTurn question={t('register.to_sign_in')} answer={t('register.to_sign_in.do')} onTurn={onTurn} />
    </form>
  );
}
