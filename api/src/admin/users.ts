import { type AccountRole, type AdminUser, AwazError } from '@awaz/infra/contract';
import type { ControlBus } from '@awaz/infra/redis';
import type { Account, AccountStore, Accounts } from '../accounts/index.ts';

/** What looking after users needs. */
export type UsersOptions = {
  store: AccountStore;
  accounts: Accounts;
  /** Tells running programs of accounts that may not go on. */
  bus: Pick<ControlBus, 'publish'>;
};

/** What an administrator may change about an account. */
export type UserChange = { role?: AccountRole | undefined; disabled?: boolean | undefined };

/** Accounts as administrators look after them. */
export class Users {
  readonly #options: UsersOptions;

  constructor(options: UsersOptions) {
    this.#options = options;
  }

  /** Accounts from the newest on, `limit` of them after the first `skip`. */
  async list(skip: number, limit: number): Promise<AdminUser[]> {
    return (await this.#options.store.list({ after: skip, limit })).map(userView);
  }

  /**
   * Changes role, or whether an account may sign in; it counts from the next request on, and sockets are told. Returns
   * how it was and is. Throws `not_found`, or `conflict` for the last administrator.
   */
  async change(id: string, { role, disabled }: UserChange): Promise<{ before: AdminUser; after: AdminUser }> {
    const { store, accounts, bus } = this.#options;
    const account = await store.get(id);
    if (account === undefined) throw new AwazError('not_found', 'There is no account by this id.');
    const disabledAt = disabled === undefined ? undefined : disabled ? (account.disabledAt ?? Date.now()) : null;
    const after = userView(await store.change(id, { role, disabledAt }));
    if (disabled) await accounts.signOutEverywhere(id);
    await bus.publish({ type: 'account_changed', accountId: id });
    return { before: userView(account), after };
  }
}

function userView({ id, name, email, role, createdAt, disabledAt }: Account): AdminUser {
  return { id, name, email, role, createdAt, disabledAt: disabledAt ?? null };
}
