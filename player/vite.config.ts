import { defineConfig } from 'vite';

/** Pages that the API serves: `/`, `/s/{station}`, `/sign-in`, `/studio`, `/admin`. A new page is a new word here and a file in pages/. */
const PAGES = ['admin', 'index', 'listen', 'sign-in', 'studio'];

export default defineConfig({
  root: `${import.meta.dirname}/pages`,
  base: '/',
  build: {
    outDir: '../dist-pages',
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: false,
    chunkSizeWarningLimit: 450,
    rolldownOptions: { input: PAGES.map((page) => `${import.meta.dirname}/pages/${page}.html`) },
  },
});
