import type { Logger } from '@awaz/infra/runtime';
import type { Context, Middleware } from 'koa';
import Router from 'koa-router';
import { type PageFile, readPageFiles } from './page-files.ts';
import { pagePolicy } from './security-headers.ts';

/** Address to page. What comes later has its line here already and its file in a later build. */
const PAGES = [
  { path: '/', file: 'index.html', framed: false },
  { path: '/s/:station', file: 'listen.html', framed: false },
  { path: '/embed/:station', file: 'embed.html', framed: true },
  { path: '/sign-in', file: 'sign-in.html', framed: false },
  { path: '/studio', file: 'studio.html', framed: false },
  { path: '/admin', file: 'admin.html', framed: false },
];

const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Pages not built</title></head>
<body><h1>The pages are not built yet</h1>
<p>The server runs, but its pages have not been made. Run <code>npm start</code>, or <code>npx turbo run build</code>,
and load this page again.</p></body></html>
`;

/** Files of a build, read with the first request after it was made. */
class Build {
  readonly #folder: string;
  readonly #logger: Logger;
  #reading: Promise<Map<string, PageFile> | undefined> | undefined;

  constructor(folder: string, logger: Logger) {
    this.#folder = folder;
    this.#logger = logger;
  }

  /** All files; undefined while there is no build. */
  async files(): Promise<Map<string, PageFile> | undefined> {
    this.#reading ??= readPageFiles(this.#folder).catch((error: unknown) => {
      this.#logger.warn({ err: error, folder: this.#folder }, 'the pages are not built');
      return undefined;
    });
    const files = await this.#reading;
    if (files?.has('index.html')) return files;
    this.#reading = undefined;
    return undefined;
  }
}

/** The pages for browsers and the files they load. */
export type Pages = {
  /** The addresses of the pages. */
  router: Router;
  /** Whatever else is in the build, by its name. */
  files: Middleware;
};

/** Serves the folder that the page build writes to; it may be built while the server runs. */
export function createPages(folder: string, logger: Logger): Pages {
  const build = new Build(folder, logger);
  const router = new Router();
  for (const { path, file, framed } of PAGES) {
    router.get(path, async (context) => {
      const files = await build.files();
      const page = files?.get(file);
      if (page !== undefined) {
        context.set('Content-Security-Policy', pagePolicy(context, { ...page, framed }));
        sendFile(context, page);
      } else if (files === undefined) {
        context.status = 503;
        context.type = 'html';
        context.set('Cache-Control', 'no-store');
        context.body = NOT_BUILT;
      }
    });
  }
  const files: Middleware = async (context, next) => {
    const reads = context.method === 'GET' || context.method === 'HEAD';
    const file = reads ? (await build.files())?.get(context.path.slice(1)) : undefined;
    if (file === undefined || file.type.startsWith('text/html')) return next();
    // A worker lives by the policy of its script's answer; scripts of pages do not look at it.
    if (file.type.startsWith('text/javascript')) context.remove('Content-Security-Policy');
    sendFile(context, file);
  };
  return { router, files };
}

function sendFile(context: Context, file: PageFile): void {
  context.set('Cache-Control', file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  context.set('ETag', file.etag);
  context.vary('Accept-Encoding');
  context.type = file.type;
  context.status = 200;
  if (context.fresh) {
    context.status = 304;
    return;
  }
  const zipped = file.zipped !== undefined && context.acceptsEncodings('gzip', 'identity') === 'gzip';
  if (zipped) context.set('Content-Encoding', 'gzip');
  context.body = zipped ? file.zipped : file.body;
}
