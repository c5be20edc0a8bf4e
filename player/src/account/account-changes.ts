import { effect } from '@preact/signals';
import type { AccountSession } from './account-session.ts';

/** Calls back when somebody signs in or out after the first answer; returns what ends that. */
export function onAccountChange(session: AccountSession, act: () => void): () => void {
  let known: string | undefined;
  return effect(() => {
    const { kind } = session.state.value;
    if (kind === 'asking') return;
    const now = session.account.value?.id ?? '';
    if (known !== undefined && known !== now) act();
    known = now;
  });
}
