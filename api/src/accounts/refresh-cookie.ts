import { AwazError } from '@awaz/infra/contract';
import type { Context } from 'koa';
import { SIGN_IN_LIFE_MS } from './sign-ins.ts';

/** Name of the cookie that holds the refresh token. */
export const REFRESH_COOKIE = 'awaz_refresh';

/** What the cookie depends on. */
export type CookieSettings = {
  /** Origin under which people reach the server, if it was told. */
  publicOrigin: string | undefined;
};

/** The refresh token of a request; undefined when it has none. */
export function readRefreshCookie(context: Context): string | undefined {
  return context.cookies.get(REFRESH_COOKIE);
}

/** Hands out a refresh token. No script can read it, no other site's page can send it. */
export function setRefreshCookie(context: Context, token: string, settings: CookieSettings): void {
  context.append('Set-Cookie', cookie(token, SIGN_IN_LIFE_MS / 1000, isSecure(context, settings)));
}

/** Takes the refresh token away. */
export function clearRefreshCookie(context: Context, settings: CookieSettings): void {
  context.append('Set-Cookie', cookie('', 0, isSecure(context, settings)));
}

function cookie(value: string, maxAgeSeconds: number, secure: boolean): string {
  const attributes = [`Max-Age=${maxAgeSeconds}`, 'Path=/api/v1/auth', 'HttpOnly', 'SameSite=Strict'];
  return [`${REFRESH_COOKIE}=${value}`, ...attributes, ...(secure ? ['Secure'] : [])].join('; ');
}

function isSecure(context: Context, { publicOrigin }: CookieSettings): boolean {
  return context.secure || publicOrigin?.startsWith('https:') === true;
}

/**
 * Throws `forbidden` when a page of another origin sent the request: what acts on the cookie alone must not be sent by
 * one. Programs that are no browsers send none of these headers.
 */
export function requireSameOrigin(context: Context, { publicOrigin }: CookieSettings): void {
  const site = context.get('Sec-Fetch-Site');
  const origin = context.get('Origin');
  const isForeign = site !== '' && site !== 'same-origin' && site !== 'none';
  // By host alone: a proxy in front may speak https where this server hears http.
  const hasOurHost = URL.canParse(origin) && new URL(origin).host === context.host;
  const isOurs = origin === '' || origin === publicOrigin || hasOurHost;
  if (isForeign || !isOurs) throw new AwazError('forbidden', 'Only pages of this server may do this.');
}
