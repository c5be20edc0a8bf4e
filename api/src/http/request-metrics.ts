import { Histogram, type Registry } from '@awaz/infra/runtime';
import type { Middleware } from 'koa';

/** Measures requests that reach the application (not those below `/live`, which the origin counts itself). */
export function requestMetrics(registry: Registry): Middleware {
  const seconds = new Histogram({
    name: 'awaz_http_request_seconds',
    help: 'Time to answer requests of pages and API by method and status class',
    labelNames: ['method', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2],
    registers: [registry],
  });
  return async (context, next) => {
    const end = seconds.startTimer({ method: methodLabel(context.method) });
    try {
      await next();
    } finally {
      end({ status: `${Math.floor(context.status / 100)}xx` });
    }
  };
}

/** Clients may make up methods; labels may not grow with them. */
function methodLabel(method: string): string {
  return ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].includes(method) ? method : 'other';
}
