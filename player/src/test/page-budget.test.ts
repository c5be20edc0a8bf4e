import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';

const PAGES = join(import.meta.dirname, '../../dist-pages');
const KB = 1024;

const read = (file: string) => readFile(join(PAGES, file), 'utf8');
const sizeOf = (text: string) => gzipSync(text, { level: 9 }).length;
const total = async (files: string[]) => {
  const texts = await Promise.all(files.map(read));
  return texts.reduce((sum, text) => sum + sizeOf(text), 0);
};
const linked = (html: string, pattern: RegExp) => [...html.matchAll(pattern)].map((match) => match[1] ?? '');
const scriptsOf = (html: string) => linked(html, /(?:src|href)="\/(assets\/[^"]+\.js)"/g);
const stylesOf = (html: string) => linked(html, /href="\/(assets\/[^"]+\.css)"/g);

describe('what a listener loads before Play, gzipped', () => {
  test('is at most 14 kB of HTML and CSS, which is one round trip', async () => {
    const html = await read('listen.html');
    expect(stylesOf(html).length).toBeGreaterThan(0);
    expect(sizeOf(html) + (await total(stylesOf(html)))).toBeLessThanOrEqual(14 * KB);
  });

  test('is at most 25 kB of code, and none of it is hls.js, Socket.IO, chat or a schema library', async () => {
    const scripts = scriptsOf(await read('listen.html'));
    expect(scripts.length).toBeGreaterThan(0);
    expect(await total(scripts)).toBeLessThanOrEqual(25 * KB);
    for (const text of await Promise.all(scripts.map(read)))
      expect(text).not.toMatch(/EXT-X-MEDIA-SEQUENCE|ZodError|EIO|chat-log/);
  });

  test('needs no font and nothing from another server', async () => {
    const files = await readdir(PAGES, { recursive: true });
    expect(files.filter((file) => /\.(woff2?|ttf|otf)$/.test(file))).toEqual([]);
    expect(await read('listen.html')).not.toMatch(/(?:src|href)="https?:/);
  });
});

test('hls.js is one lazy chunk of at most 120 kB', async () => {
  const chunks = (await readdir(join(PAGES, 'assets'))).filter((file) => /^hls-js-engine-.*\.js$/.test(file));
  expect(chunks).toHaveLength(1);
  expect(await total(chunks.map((file) => `assets/${file}`))).toBeLessThanOrEqual(120 * KB);
});

test.each(['admin.html', 'index.html', 'listen.html', 'sign-in.html', 'studio.html'])(
  '%s is built, with hashed files',
  async (page) => {
    const html = await read(page);
    for (const file of [...scriptsOf(html), ...stylesOf(html)]) expect(file).toMatch(/-[\w-]{8}\.(js|css)$/);
  },
);
