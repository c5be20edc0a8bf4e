import { render } from 'preact';
import { AccountSession } from '../account/account-session.ts';
import { hasSessionMark } from '../account/session-mark.ts';
import { restoreTheme } from '../ui/index.ts';
import { DirectoryApp } from './directory-app.tsx';
import { DirectoryModel } from './directory-model.ts';

restoreTheme();
const session = new AccountSession();
if (hasSessionMark()) void session.start();
else session.assumeGuest();
const page = document.getElementById('page');
if (page !== null) render(<DirectoryApp model={new DirectoryModel()} session={session} />, page);
