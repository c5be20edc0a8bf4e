import { Icon } from '../ui/index.ts';
import type { AccountSession } from './account-session.ts';
import { signInPathFrom } from './sign-in-path.ts';
import { t } from './words.ts';

/** The way to sign in, or whoever is signed in with the way to the account; nothing while that is not known. */
export function AccountLink({ session }: { session: AccountSession }) {
  const { kind } = session.state.value;
  const account = session.account.value;
  if (account !== undefined) {
    return (
      <a class="topbar-link" href="/sign-in" aria-label={t('account.link', { name: account.name })}>
        <Icon name="person" />
        <span class="topbar-name" dir="auto">
          {account.name}
        </span>
      </a>
    );
  }
  if (kind === 'asking') return null;
  return (
    <a class="topbar-link" href={signInPathFrom(location.pathname + location.search)}>
      {t('sign_in')}
    </a>
  );
}
