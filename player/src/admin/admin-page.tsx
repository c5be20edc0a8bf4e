import { render } from 'preact';
import { AccountSession } from '../account/index.ts';
import { restoreTheme } from '../ui/index.ts';
import { AdminApi } from './admin-api.ts';
import { AdminApp } from './admin-app.tsx';
import { t } from './words.ts';

restoreTheme();
document.title = `${t('admin.title')} · Awaz Pulse`;
const session = new AccountSession();
void session.start();
const page = document.getElementById('page');
if (page !== null) render(<AdminApp session={session} api={new AdminApi(session)} />, page);
