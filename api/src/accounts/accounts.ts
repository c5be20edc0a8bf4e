import { AwazError, type ChangeMeRequest, type OwnAccount, type RegisterRequest } from '@awaz/infra/contract';
import type { AccessTokens, Passwords } from '../auth/index.ts';
import { type Account, ownView } from './account.ts';
import type { AccountStore } from './account-store.ts';
import type { OneTimeLinks } from './one-time-links.ts';
import type { SignIns } from './sign-ins.ts';

/** What accounts are made of. */
export type AccountsOptions = {
  store: AccountStore;
  signIns: SignIns;
  links: OneTimeLinks;
  passwords: Passwords;
  tokens: AccessTokens;
};

/** Somebody who is signed in now. The refresh token is for the cookie alone. */
export type Session = { accessToken: string; expiresIn: number; account: OwnAccount; refreshToken: string };

/** Accounts and their sign-ins. Knows no transport. */
export class Accounts {
  readonly #options: AccountsOptions;

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  /** Makes an account and signs it in. Throws `email_taken` or `overloaded`. */
  async register({ email, password, name }: RegisterRequest): Promise<Session> {
    const { store, passwords } = this.#options;
    const passwordHash = await passwords.hash(password);
    return this.#begin(await store.create({ email, name, role: 'listener', passwordHash }));
  }

  /** Signs somebody in. Throws `bad_credentials` (the same, after the same time, whatever is wrong) or `overloaded`. */
  async signIn(email: string, password: string): Promise<Session> {
    const { store, passwords } = this.#options;
    const account = await store.byEmail(email);
    if (!(await passwords.matches(account?.passwordHash, password)) || account === undefined) {
      throw new AwazError('bad_credentials', 'Address or password is not right.');
    }
    requireEnabled(account);
    return this.#begin(account);
  }

  /** Signs in whoever has a one-time link. Throws `bad_credentials`. */
  async signInOnce(token: string): Promise<Session> {
    const { store, links } = this.#options;
    const account = await store.get(await links.take(token));
    if (account === undefined) throw new AwazError('bad_credentials', 'The account of this link is gone.');
    requireEnabled(account);
    return this.#begin(account);
  }

  /** Takes a refresh token and gives a new session. Throws `refresh_refused`. */
  async refresh(refreshToken: string): Promise<Session> {
    const { store, signIns, tokens } = this.#options;
    const { accountId, refreshToken: next } = await signIns.rotate(refreshToken);
    const account = await store.get(accountId);
    if (account === undefined || account.disabledAt !== undefined) {
      throw new AwazError('refresh_refused', 'This account may not sign in any more.');
    }
    const token = await tokens.issue({ accountId, generation: account.generation });
    return { ...token, account: ownView(account), refreshToken: next };
  }

  /** Ends the sign-in of a refresh token. */
  async signOut(refreshToken: string): Promise<void> {
    await this.#options.signIns.end(refreshToken);
  }

  /** Ends every sign-in of an account, and makes its access tokens invalid. */
  async signOutEverywhere(accountId: string): Promise<void> {
    const { store, signIns } = this.#options;
    await store.nextGeneration(accountId);
    await signIns.endAll(accountId);
  }

  /** An account as its own person sees it. Throws `not_found`. */
  async own(accountId: string): Promise<OwnAccount> {
    return ownView(await this.#existing(accountId));
  }

  /** Changes name or address. Throws `bad_credentials` for a wrong password, `email_taken`. */
  async changeOwn(accountId: string, { name, email, currentPassword }: ChangeMeRequest): Promise<OwnAccount> {
    if (email !== undefined) await this.#requirePassword(await this.#existing(accountId), currentPassword);
    return ownView(await this.#options.store.change(accountId, { name, email }));
  }

  /** Sets another password, ends every other sign-in and begins a new one. Throws `bad_credentials`. */
  async changePassword(accountId: string, newPassword: string, currentPassword: string | undefined): Promise<Session> {
    const { store, passwords } = this.#options;
    await this.#requirePassword(await this.#existing(accountId), currentPassword);
    await store.change(accountId, { passwordHash: await passwords.hash(newPassword) });
    await this.signOutEverywhere(accountId);
    return this.#begin(await this.#existing(accountId));
  }

  async #begin(account: Account): Promise<Session> {
    const { signIns, tokens } = this.#options;
    const refreshToken = await signIns.begin(account.id);
    const token = await tokens.issue({ accountId: account.id, generation: account.generation });
    return { ...token, account: ownView(account), refreshToken };
  }

  async #existing(accountId: string): Promise<Account> {
    const account = await this.#options.store.get(accountId);
    if (account === undefined) throw new AwazError('not_found', 'There is no account by this id.');
    return account;
  }

  async #requirePassword({ passwordHash }: Account, password: string | undefined): Promise<void> {
    if (passwordHash === undefined) return;
    if (password !== undefined && (await this.#options.passwords.matches(passwordHash, password))) return;
    throw new AwazError('bad_credentials', 'The current password is not right.');
  }
}

function requireEnabled({ disabledAt }: Account): void {
  if (disabledAt !== undefined) {
    throw new AwazError('bad_credentials', 'This account was disabled. Ask an administrator.');
  }
}
