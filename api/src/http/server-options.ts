import type { Middleware } from 'koa';

/** What can be asked somewhere on the server. */
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, SOURCE';

/**
 * Answers `OPTIONS *`, which asks what the server can do as a whole (RFC 9110 9.3.7): libshout, which Icecast source clients
 * are made with, asks it first and goes away after an error.
 */
export function serverOptions(): Middleware {
  return async (context, next) => {
    if (context.method !== 'OPTIONS' || context.req.url !== '*') return next();
    context.status = 204;
    context.set('Allow', METHODS);
  };
}
