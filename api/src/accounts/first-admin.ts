import { AwazError } from '@awaz/infra/contract';
import type { Logger } from '@awaz/infra/runtime';
import { pause } from '@awaz/infra/runtime';
import type { Passwords } from '../auth/index.ts';
import type { AccountStore } from './account-store.ts';
import type { OneTimeLinks } from './one-time-links.ts';

/** Wait before the store is asked again, in ms. */
const RETRY_MS = 2000;

/** The administrator that the environment names. */
export type NamedAdmin = { email: string; password: string };

/**
 * Sees to it that the named account is there and an administrator. The password of an account that exists is left alone.
 */
export async function ensureAdmin(
  { store, passwords }: { store: AccountStore; passwords: Passwords },
  { email, password }: NamedAdmin,
): Promise<void> {
  const passwordHash = await passwords.hash(password);
  try {
    await store.create({ email, name: 'Admin', role: 'admin', passwordHash });
  } catch (error) {
    if (!(error instanceof AwazError) || error.code !== 'email_taken') throw error;
    const account = await store.byEmail(email);
    if (account !== undefined && account.role !== 'admin') await store.change(account.id, { role: 'admin' });
  }
}

/** Does {@link ensureAdmin} once Redis answers. Never rejects; ends when the signal is aborted. */
export async function keepEnsuringAdmin(
  ensure: () => Promise<void>,
  { logger, signal }: { logger: Logger; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      return await ensure();
    } catch (error) {
      if (signal.aborted) return;
      logger.warn({ err: error }, 'the administrator could not be looked up; trying again');
      await pause(RETRY_MS, signal);
    }
  }
}

/** The token of a one-time link for the first administrator; undefined when there is an administrator already. */
export async function firstAdminLink(store: AccountStore, links: OneTimeLinks): Promise<string | undefined> {
  if ((await store.adminCount()) > 0) return undefined;
  return adminLink(store, links);
}

/** The token of a one-time link for a new administrator. */
export async function adminLink(store: AccountStore, links: OneTimeLinks): Promise<string> {
  const { id } = await store.create({ email: '', name: 'Admin', role: 'admin', passwordHash: undefined });
  return links.make(id);
}
