import { render } from 'preact';
import { restoreTheme } from '../ui/index.ts';
import { AccountSession } from './account-session.ts';
import { SignInApp } from './sign-in-app.tsx';
import { nextPath, takeOneTimeToken } from './sign-in-path.ts';
import { t } from './words.ts';

function start(page: HTMLElement): void {
  restoreTheme();
  document.title = `${t('sign_in.title')} · Awaz Pulse`;
  const session = new AccountSession();
  const query = new URLSearchParams(location.search);
  const token = takeOneTimeToken({ location, history });
  const next = nextPath(query, location.origin);
  const go = (path: string) => location.replace(path);
  if (token === undefined) void session.start();
  render(<SignInApp {...{ session, token, next, go, isNew: query.has('new') }} />, page);
}

const page = document.getElementById('page');
if (page !== null) start(page);
