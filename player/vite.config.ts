import { defineConfig } from 'vite';

/** Pages that the API serves: `/`, `/s/{station}` and `/studio`. A new page is a new line here and a file in pages/. */
const PAGES = ['index', 'listen', 'studio'];

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
