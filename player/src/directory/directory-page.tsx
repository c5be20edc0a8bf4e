import { render } from 'preact';
import { restoreTheme } from '../ui/index.ts';
import { DirectoryApp } from './directory-app.tsx';
import { createDirectoryModel } from './directory-model.ts';

restoreTheme();
const page = document.getElementById('page');
if (page !== null) render(<DirectoryApp model={createDirectoryModel()} />, page);
