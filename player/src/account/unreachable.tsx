import { Button, EmptyState } from '../ui/index.ts';
import type { AccountSession } from './account-session.ts';
import { t } from './words.ts';

/** Says that it cannot be told who uses the page. */
export function Unreachable({ session }: { session: AccountSession }) {
  return (
    <EmptyState
      title={t('account.unreachable')}
      action={<Button onClick={() => void session.start()}>{t('account.retry')}</Button>}
    >
      {t('account.unreachable.body')}
    </EmptyState>
  );
}
