import type { IncomingMessage } from 'node:http';
import { AwazError } from '@awaz/infra/contract';
import type { Socket } from 'socket.io';

/** Whose pages may open sockets. */
export type SocketOrigins = {
  /** Origins of other sites, or `*`. */
  corsOrigins: readonly string[];
  /** Origin under which people reach the server, if it was told. */
  publicOrigin: string | undefined;
  /** Whether `X-Forwarded-Host` is to be believed. */
  trustProxy: boolean;
};

/**
 * Whether a connection comes from a page that may open one: of this server, or of a configured origin. What sends no
 * `Origin` is no browser.
 */
export function isAllowedOrigin({ headers }: IncomingMessage, origins: SocketOrigins): boolean {
  const { origin } = headers;
  if (origin === undefined || origin === origins.publicOrigin) return true;
  if (origins.corsOrigins.includes('*') || origins.corsOrigins.includes(origin)) return true;
  const forwarded = origins.trustProxy ? headers['x-forwarded-host'] : undefined;
  const host = String(forwarded ?? headers.host ?? headers[':authority'] ?? '');
  return URL.canParse(origin) && host !== '' && new URL(origin).host === host.split(',', 1)[0]?.trim();
}

/** Refuses sockets of other sites' pages in a way that they can read: `connect_error` with `data.code`. */
export function socketOriginCheck(origins: SocketOrigins) {
  return (socket: Socket, next: (error?: Error) => void): void => {
    if (isAllowedOrigin(socket.request, origins)) {
      next();
      return;
    }
    const from = String(socket.request.headers.origin).slice(0, 100);
    const message = `Pages of ${from} may not connect here. Name this origin in CORS_ORIGINS.`;
    next(Object.assign(new AwazError('forbidden', message), { data: { code: 'forbidden', message } }));
  };
}
