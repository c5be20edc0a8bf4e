import { type AccountRole, AwazError, mayDo } from '@awaz/infra/contract';
import type { AccessTokens } from './access-tokens.ts';
import type { StandingSource } from './caller.ts';
import type { OwnerSource } from './publisher-auth.ts';

/** What is asked of an account whenever somebody speaks for it. */
export type AccountStanding = {
  id: string;
  name: string;
  role: AccountRole;
  /** How often it has signed out everywhere. */
  generation: number;
  disabledAt: number | undefined;
};

/** Where accounts are looked up; the account store is one. */
export type AccountSource = { get(id: string): Promise<AccountStanding | undefined> };

/** Whose an access token is. */
export type TokenAccounts = { accounts: AccountSource; tokens: Pick<AccessTokens, 'verify'> };

/** The account of an access token, as it is now, and when the token expires, in ms since 1970. */
export type TokenAccount = AccountStanding & { tokenExpiresAt: number };

/** The account of an access token. Throws `unauthenticated`, `token_expired`, or `forbidden` for a disabled account. */
export async function accountOfToken({ accounts, tokens }: TokenAccounts, token: string): Promise<TokenAccount> {
  const { accountId, generation, expiresAt } = await tokens.verify(token);
  const account = await accounts.get(accountId);
  if (account === undefined || account.generation !== generation) {
    throw new AwazError('unauthenticated', 'This sign-in has ended. Sign in again.');
  }
  if (account.disabledAt !== undefined) throw new AwazError('forbidden', 'This account was disabled.');
  return { ...account, tokenExpiresAt: expiresAt };
}

/** Owners as ingest asks for them. */
export function ownersBy(sources: TokenAccounts & { standings: StandingSource }): OwnerSource {
  const { accounts, standings } = sources;
  return {
    accountOf: (token) => accountOfToken(sources, token),
    mayPublish: async (accountId, slug) => {
      const [account, station] = await Promise.all([accounts.get(accountId), standings.standing(slug, accountId)]);
      const isEnabled = account !== undefined && account.disabledAt === undefined;
      // An administrator who owns the station publishes as its owner.
      return isEnabled && station?.ownerId === accountId && mayDo('owner', 'broadcast.publish');
    },
  };
}
