import type { Middleware } from 'koa';

/** Lets pages of the given origins (`https://example.org`, or `*` for all) use the API. */
export function crossOrigin(origins: readonly string[]): Middleware {
  const any = origins.includes('*');
  return async (context, next) => {
    const origin = context.get('Origin');
    context.vary('Origin');
    if (origin === '' || !(any || origins.includes(origin))) return next();
    context.set('Access-Control-Allow-Origin', origin);
    context.set('Access-Control-Expose-Headers', 'Date, ETag, Retry-After');
    if (context.method !== 'OPTIONS') return next();
    context.set('Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS');
    context.set(
      'Access-Control-Allow-Headers',
      'Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID',
    );
    context.set('Access-Control-Max-Age', '600');
    context.status = 204;
  };
}
