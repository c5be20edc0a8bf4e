import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { inlineScriptHashes } from './security-headers.ts';

/** Most bytes of pages that are kept in memory; a larger build is refused with an error. */
export const MAX_PAGES_BYTES = 64 * 1024 * 1024;

/** Smallest file that is worth compressing, in bytes. */
const MIN_GZIP_BYTES = 1024;

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mp3': 'audio/mpeg',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

const COMPRESSIBLE = /^(text\/|application\/(json|manifest|wasm)|image\/(svg|x-icon))/;

const compress = promisify(gzip);

/** A built file, ready to be sent. */
export type PageFile = {
  body: Buffer;
  /** Compressed, where that makes it smaller. */
  zipped: Buffer | undefined;
  type: string;
  etag: string;
  /** Whether its name changes with its content. */
  immutable: boolean;
  /** Of a page: hashes of its inline scripts, for its Content-Security-Policy. */
  inlineScripts: readonly string[];
};

/** Reads all files of a build, by path below the folder with `/` between. Rejects when the folder is not there. */
export async function readPageFiles(folder: string): Promise<Map<string, PageFile>> {
  const files = new Map<string, PageFile>();
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const body = await readFile(path);
    bytes += body.length;
    if (bytes > MAX_PAGES_BYTES) throw new Error(`${folder} has more than ${MAX_PAGES_BYTES} bytes of pages.`);
    const name = relative(folder, path).split(sep).join('/');
    files.set(name, await pageFile(name, body));
  }
  return files;
}

async function pageFile(name: string, body: Buffer): Promise<PageFile> {
  const type = TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
  const zipped = body.length >= MIN_GZIP_BYTES && COMPRESSIBLE.test(type) ? await compress(body) : undefined;
  return {
    body,
    zipped: zipped !== undefined && zipped.length < body.length ? zipped : undefined,
    type,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    // The bundler puts what it has named by content into this folder, and nothing else.
    immutable: name.startsWith('assets/'),
    inlineScripts: type.startsWith('text/html') ? inlineScriptHashes(body.toString()) : [],
  };
}
