import { render } from 'preact';
import { restoreTheme, TopBar } from '../ui/index.ts';

restoreTheme();
const page = document.getElementById('page');
if (page !== null) render(<TopBar />, page);
