import { createHash } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import helmet from 'koa-helmet';

/** What the headers depend on. */
export type SecurityHeadersOptions = {
  /** Whether people reach the server by https only; then browsers are told to keep to it. */
  httpsOnly: boolean;
};

/** Headers of every answer of the application. Answers that are no pages may load nothing and be framed nowhere. */
export function securityHeaders({ httpsOnly }: SecurityHeadersOptions): Middleware {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    // Frames are the policy's business: the embed page may be framed, and this older header knows no exception.
    xFrameOptions: false,
    strictTransportSecurity: httpsOnly ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    // Artwork and playlists may be shown elsewhere; what may be read elsewhere is CORS's business.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    // The popup of a sign-in, or a page that opened us, is none of our business and we none of its.
    crossOriginOpenerPolicy: { policy: 'same-origin' },
  }) as unknown as Middleware;
}

/** Content-Security-Policy of a page: its own files, its inline scripts by their hash, media from blobs. */
export function pagePolicy(context: Context, page: { inlineScripts: readonly string[]; framed: boolean }): string {
  const hashes = page.inlineScripts.map((hash) => `'sha256-${hash}'`);
  // Browsers that do not take 'self' for WebSockets need the host by name; an odd Host header is left out.
  const host = /^[\w.:[\]-]+$/.test(context.host) ? [`ws://${context.host}`, `wss://${context.host}`] : [];
  const directives: Record<string, string[]> = {
    'default-src': ["'self'"],
    'script-src': ["'self'", ...hashes],
    // Elements are placed and sized by style attributes.
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:', 'blob:', 'https:'],
    'media-src': ["'self'", 'blob:', 'data:'],
    'worker-src': ["'self'", 'blob:'],
    'connect-src': ["'self'", ...host],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': page.framed ? ['*'] : ["'self'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}

/** SHA-256 of each inline script of a page, base64, as the policy names them. */
export function inlineScriptHashes(html: string): string[] {
  return [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, script = '']) =>
    createHash('sha256').update(script).digest('base64'),
  );
}
