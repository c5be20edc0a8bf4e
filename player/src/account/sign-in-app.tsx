import type { OwnAccount as Account } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { asProblem, problemText } from '../rest/index.ts';
import { Banner, Loading, TopBar } from '../ui/index.ts';
import type { AccountSession } from './account-session.ts';
import { FirstPasswordForm } from './first-password-form.tsx';
import { OwnAccount } from './own-account.tsx';
import { SignInCard } from './sign-in-form.tsx';
import { Unreachable } from './unreachable.tsx';
import { t } from './words.ts';

/** What the sign-in page was opened with. */
export type SignInPlace = {
  session: AccountSession;
  /** Of a one-time link. */
  token: string | undefined;
  /** Where to go afterwards; the account itself is shown when nothing is said. */
  next: string | undefined;
  isNew: boolean;
  go: (path: string) => void;
};

/** The sign-in page: forms for who is signed out, the account for who is signed in. */
export function SignInApp(place: SignInPlace) {
  const main = useRef<HTMLElement>(null);
  const { kind } = place.session.state.value;
  // What the page is about has changed: whoever reads it by ear begins at its top.
  const shown = useRef(kind);
  useEffect(() => {
    if (shown.current !== 'asking' && shown.current !== kind) main.current?.focus();
    shown.current = kind;
  }, [kind]);
  return (
    <>
      <a class="skip-link" href="#account">
        {t('sign_in.skip')}
      </a>
      <TopBar />
      <main class="account" id="account" tabIndex={-1} ref={main}>
        {place.token === undefined ? <Entrance {...place} /> : <OneTime {...place} token={place.token} />}
      </main>
    </>
  );
}

function Entrance({ session, next, isNew, go }: Omit<SignInPlace, 'token'>) {
  const state = session.state.value;
  const isElsewhere = state.kind === 'signed_in' && next !== undefined;
  useEffect(() => {
    if (isElsewhere) go(next);
  }, [isElsewhere, next, go]);
  if (state.kind === 'asking' || isElsewhere) return <Loading label={t('account.asking')} />;
  if (state.kind === 'unreachable') return <Unreachable session={session} />;
  if (state.kind === 'signed_in') return <OwnAccount session={session} account={state.account} />;
  return <SignInCard session={session} isNew={isNew} />;
}

function OneTime({ token, ...place }: SignInPlace & { token: string }) {
  const { session, next = '/admin', go } = place;
  const outcome = useSignal<{ account?: Account; problem?: string }>({});
  useEffect(() => {
    session.signInOnce(token).then(
      (account) => {
        outcome.value = { account };
        if (account.email !== '') go(next);
      },
      (error: unknown) => {
        outcome.value = { problem: onceText(error) };
        void session.start();
      },
    );
  }, [session, token, next, go, outcome]);
  const { account, problem } = outcome.value;
  if (account?.email === '') return <FirstPasswordForm session={session} onDone={() => go(next)} />;
  if (problem === undefined) return <Loading label={t('once.asking')} />;
  return (
    <div class="stack">
      <Banner tone="danger" title={t('once.failed')}>
        {problem}
      </Banner>
      <Entrance {...place} next={undefined} />
    </div>
  );
}

function onceText(error: unknown): string {
  const problem = asProblem(error);
  return problem.code === 'bad_credentials' ? t('once.failed.body') : problemText(problem);
}
