import { AwazError, type SignedIn } from '@awaz/infra/contract';
import {
  changeMeSchema,
  changePasswordSchema,
  loginSchema,
  oneTimeSchema,
  ownAccountSchema,
  registerSchema,
  signedInSchema,
} from '@awaz/infra/contract/schemas';
import type { Context } from 'koa';
import type { Caller } from '../auth/index.ts';
import { networkOf, type RateLimits } from '../limits/index.ts';
import { defineRoute, type Route } from '../rest/index.ts';
import type { AccountMetrics } from './account-metrics.ts';
import type { Accounts, Session } from './accounts.ts';
import {
  type CookieSettings,
  clearRefreshCookie,
  readRefreshCookie,
  requireSameOrigin,
  setRefreshCookie,
} from './refresh-cookie.ts';

/** What the routes need. */
export type AccountRoutesOptions = {
  accounts: Accounts;
  cookies: CookieSettings;
  limits: Pick<RateLimits, 'take' | 'giveBack'>;
  counts: AccountMetrics;
};

/** `auth/…` and `me`. */
export function accountRoutes(options: AccountRoutesOptions): Route[] {
  return [...signInRoutes(options), refreshRoute(options), ...signOutRoutes(options), ...ownRoutes(options)];
}

const common = { tag: 'accounts', answer: signedInSchema } as const;

function signInRoutes({ accounts, cookies, limits, counts }: AccountRoutesOptions): Route[] {
  return [
    defineRoute({
      ...{ ...common, method: 'POST', path: '/auth/register', access: 'public', status: 201 },
      limit: 'auth:register',
      summary: 'Make an account and sign in',
      body: registerSchema,
      errors: ['email_taken', 'overloaded'],
      handler: async ({ body, context }) =>
        signedIn(context, await counts.counted('register', () => accounts.register(body)), cookies),
    }),
    defineRoute({
      ...{ ...common, method: 'POST', path: '/auth/login', access: 'public', summary: 'Sign in' },
      body: loginSchema,
      errors: ['bad_credentials', 'overloaded'],
      handler: async ({ body: { email, password }, context, address }) => {
        const signIn = () => slowed(limits, { email, address }, () => accounts.signIn(email, password));
        return signedIn(context, await counts.counted('password', signIn), cookies);
      },
    }),
    defineRoute({
      ...{ ...common, method: 'POST', path: '/auth/one-time', access: 'public', summary: 'Sign in by a one-time link' },
      limit: 'auth:one-time',
      body: oneTimeSchema,
      errors: ['bad_credentials'],
      handler: async ({ body, context }) =>
        signedIn(context, await counts.counted('one_time', () => accounts.signInOnce(body.token)), cookies),
    }),
  ];
}

function refreshRoute({ accounts, cookies, counts }: AccountRoutesOptions): Route {
  return defineRoute({
    ...{ ...common, method: 'POST', path: '/auth/refresh', access: 'public' },
    limit: 'auth:refresh',
    summary: 'Get a new access token by the cookie; its refresh token is replaced',
    errors: ['refresh_refused', 'forbidden'],
    handler: async ({ context }) => {
      requireSameOrigin(context, cookies);
      const token = readRefreshCookie(context);
      // Pages ask at their start whether somebody is signed in; that is no attempt to be counted.
      if (token === undefined) throw new AwazError('refresh_refused', 'There is no refresh token. Sign in.');
      try {
        return signedIn(context, await counts.counted('refresh', () => accounts.refresh(token)), cookies);
      } catch (error) {
        if (error instanceof AwazError) clearRefreshCookie(context, cookies);
        throw error;
      }
    },
  });
}

function signOutRoutes({ accounts, cookies }: AccountRoutesOptions): Route[] {
  return [
    defineRoute({
      ...{ method: 'POST', path: '/auth/logout', tag: 'accounts', access: 'public' },
      summary: 'End the sign-in of the cookie',
      errors: ['forbidden'],
      handler: async ({ context }) => {
        requireSameOrigin(context, cookies);
        await accounts.signOut(readRefreshCookie(context) ?? '');
        clearRefreshCookie(context, cookies);
      },
    }),
    defineRoute({
      ...{ method: 'POST', path: '/auth/logout-everywhere', tag: 'accounts', access: 'account' },
      summary: 'End every sign-in of the account; its access tokens are refused from now on',
      handler: async ({ caller, context }) => {
        await accounts.signOutEverywhere(idOf(caller));
        clearRefreshCookie(context, cookies);
      },
    }),
  ];
}

function ownRoutes({ accounts, cookies }: AccountRoutesOptions): Route[] {
  return [
    defineRoute({
      ...{ method: 'GET', path: '/me', summary: 'The own account', tag: 'accounts', access: 'account' },
      answer: ownAccountSchema,
      handler: ({ caller }) => accounts.own(idOf(caller)),
    }),
    defineRoute({
      ...{ method: 'PATCH', path: '/me', summary: 'Change name or address', tag: 'accounts', access: 'account' },
      body: changeMeSchema,
      answer: ownAccountSchema,
      errors: ['email_taken', 'bad_credentials', 'overloaded'],
      limit: 'auth:password',
      handler: ({ caller, body }) => accounts.changeOwn(idOf(caller), body),
    }),
    defineRoute({
      ...{ ...common, method: 'POST', path: '/me/password', access: 'account' },
      summary: 'Set another password; every other sign-in ends',
      limit: 'auth:password',
      body: changePasswordSchema,
      errors: ['bad_credentials', 'overloaded'],
      handler: async ({ caller, body, context }) => {
        const session = await accounts.changePassword(idOf(caller), body.newPassword, body.currentPassword);
        return signedIn(context, session, cookies);
      },
    }),
  ];
}

/** Runs a sign-in; only those that fail are counted, and too many are refused before the password is looked at. */
async function slowed<T>(
  limits: Pick<RateLimits, 'take' | 'giveBack'>,
  { email, address }: { email: string; address: string },
  run: () => Promise<T>,
): Promise<T> {
  const counts = [
    { name: 'auth:sign-in', subject: `${email} ${networkOf(address)}` },
    { name: 'auth:account', subject: email },
  ] as const;
  for (const { name, subject } of counts) await limits.take(name, subject, address);
  const result = await run();
  for (const { name, subject } of counts) await limits.giveBack(name, subject, address);
  return result;
}

function signedIn(context: Context, { refreshToken, ...answer }: Session, cookies: CookieSettings): SignedIn {
  context.set('Cache-Control', 'no-store');
  setRefreshCookie(context, refreshToken, cookies);
  return answer;
}

function idOf(caller: Caller): string {
  if (caller.kind !== 'account') throw new AwazError('unauthenticated', 'Sign in first.');
  return caller.account.id;
}
