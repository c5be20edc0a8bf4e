import { useSignal } from '@preact/signals';
import { useForm } from '../rest/index.ts';
import { Banner, Button, Card } from '../ui/index.ts';
import { emailFault, faults } from './account-checks.ts';
import { EmailField } from './email-field.tsx';
import { FormTurn } from './form-turn.tsx';
import { PasswordField } from './password-field.tsx';
import { RegisterForm, type SignInProps } from './register-form.tsx';
import { t } from './words.ts';

/** Signing in, or making an account: one of the two, with the way to the other. */
export function SignInCard({ isNew = false, ...props }: SignInProps & { isNew?: boolean }) {
  const isRegistering = useSignal(isNew);
  const turn = () => {
    isRegistering.value = !isRegistering.value;
  };
  return (
    <Card label={isRegistering.value ? t('register.title') : t('sign_in.title')}>
      {isRegistering.value ? <RegisterForm {...props} onTurn={turn} /> : <SignInForm {...props} onTurn={turn} />}
    </Card>
  );
}

function SignInForm({ session, onDone, onTurn }: SignInProps & { onTurn: () => void }) {
  const form = useForm({
    initial: { email: '', password: '' },
    check: ({ email, password }) =>
      faults({ email: emailFault(email), password: password === '' ? t('fault.password') : undefined }),
    send: async ({ email, password }) => {
      const account = await session.signIn({ email: email.trim(), password });
      onDone?.(account);
    },
    fieldOf: ({ code }) => (code === 'bad_credentials' ? 'password' : undefined),
  });
  return (
    <form class="stack" ref={form.ref} onSubmit={form.submit} noValidate>
      <div class="stack stack--tight">
        <h1>{t('sign_in.title')}</h1>
        <p class="muted">{t('sign_in.lead')}</p>
      </div>
      {form.problem !== undefined && <Banner tone="danger" title={form.problem} />}
      <EmailField {...form.field('email')} />
      <PasswordField {...form.field('password')} label={t('sign_in.password')} />
      <Button type="submit" kind="primary" large busy={form.isBusy}>
        {t('sign_in.do')}
      </Button>
      <p class="muted small">{t('sign_in.forgotten')}</p>
      <FormTurn question={t('sign_in.to_register')} answer={t('sign_in.to_register.do')} onTurn={onTurn} />
    </form>
  );
}
