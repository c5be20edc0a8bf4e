import { AwazError, actorOf, LISTEN_TOKEN_PATTERN, mayDo } from '@awaz/infra/contract';
import { type AccountStanding, accountOfToken, type StandingSource, type TokenAccounts } from '../auth/index.ts';
import type { ListenTokens } from './listen-tokens.ts';

/** What an access token (a JWT) looks like. */
const ACCESS_TOKEN_PATTERN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Longest token that is looked at. */
const MAX_TOKEN_LENGTH = 4096;

/** Where rights come from. */
export type ListenGrantsOptions = TokenAccounts & {
  standings: StandingSource;
  listenTokens: Pick<ListenTokens, 'use' | 'isGood'>;
};

/**
 * Rights to listen to private stations, written as text that names what they come from: `token:ID`, or
 * `account:ID:GENERATION`, which ends when the account signs out everywhere, but not when its access token expires.
 */
export class ListenGrants {
  readonly #options: ListenGrantsOptions;

  constructor(options: ListenGrantsOptions) {
    this.#options = options;
  }

  /** The right that a listen token or an access token gives; undefined when it gives none. */
  async of(station: string, token: string): Promise<string | undefined> {
    if (LISTEN_TOKEN_PATTERN.test(token)) {
      const record = await this.#options.listenTokens.use(station, token);
      return record && `token:${record.id}`;
    }
    if (token.length > MAX_TOKEN_LENGTH || !ACCESS_TOKEN_PATTERN.test(token)) return undefined;
    const account = await this.#accountOf(token);
    if (account === undefined || !(await this.#mayListen(station, account))) return undefined;
    return `account:${account.id}:${account.generation}`;
  }

  /** Whether a right is still there. */
  async isGood(station: string, grant: string): Promise<boolean> {
    const [kind, id = '', generation] = grant.split(':');
    if (kind === 'token') return this.#options.listenTokens.isGood(station, id);
    const account = await this.#options.accounts.get(id);
    if (account === undefined || account.disabledAt !== undefined) return false;
    return account.generation === Number(generation) && this.#mayListen(station, account);
  }

  async #mayListen(station: string, account: AccountStanding): Promise<boolean> {
    const standing = await this.#options.standings.standing(station, account.id);
    return standing !== undefined && mayDo(actorOf({ account, station: standing }), 'station.listen_private');
  }

  async #accountOf(token: string): Promise<AccountStanding | undefined> {
    try {
      return await accountOfToken(this.#options, token);
    } catch (error) {
      if (error instanceof AwazError) return undefined;
      throw error;
    }
  }
}
