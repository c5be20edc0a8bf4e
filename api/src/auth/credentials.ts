import type { IncomingMessage } from 'node:http';

/** The token of an `Authorization: Bearer …` header (RFC 6750 2.1); undefined when there is none. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return /^bearer +([\w.~+/-]+=*) *$/i.exec(authorization ?? '')?.[1];
}

/**
 * Address of whoever sent a request. Behind a trusted proxy it is the last entry of `X-Forwarded-For`: that one the
 * proxy wrote, those before it anybody may have made up.
 */
export function clientAddress(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = request.headers['x-forwarded-for'];
  const last = trustProxy
    ? String(forwarded ?? '')
        .split(',')
        .at(-1)
        ?.trim()
    : undefined;
  return last || (request.socket.remoteAddress ?? '');
}
