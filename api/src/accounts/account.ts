import { ACCOUNT_ROLES, type AccountRole, type OwnAccount } from '@awaz/infra/contract';

/** An account as it is kept. */
export type Account = OwnAccount & {
  /** argon2id; undefined for one that has no password yet. */
  passwordHash: string | undefined;
  /** How often it has signed out everywhere; access tokens of before are refused. */
  generation: number;
  /** Since when it may not sign in, ms since 1970. */
  disabledAt: number | undefined;
};

/** Redis hash fields of an account. */
export function accountFields(account: Account): Record<string, string> {
  const { id, name, email, role, createdAt, passwordHash = '', generation, disabledAt } = account;
  return {
    ...{ id, name, email, role, createdAt: String(createdAt), passwordHash },
    ...{ generation: String(generation), disabledAt: disabledAt === undefined ? '' : String(disabledAt) },
  };
}

/** Reads the hash; undefined when there is none. */
export function parseAccount(hash: Record<string, string>): Account | undefined {
  const { id, name = '', email = '', createdAt, passwordHash = '', generation = '0', disabledAt = '' } = hash;
  if (id === undefined || createdAt === undefined) return undefined;
  return {
    id,
    name,
    email,
    role: ACCOUNT_ROLES.find((role) => role === hash.role) ?? 'listener',
    createdAt: Number(createdAt),
    passwordHash: passwordHash === '' ? undefined : passwordHash,
    generation: Number(generation),
    disabledAt: disabledAt === '' ? undefined : Number(disabledAt),
  };
}

/** What its own person may see of an account. */
export function ownView({ id, name, email, role, createdAt }: Account): OwnAccount {
  return { id, name, email, role, createdAt };
}

/** What is needed for a new account. */
export type NewAccount = { email: string; name: string; role: AccountRole; passwordHash: string | undefined };

/** What may change about an account; what is left out stays. */
export type AccountChanges = {
  name?: string | undefined;
  role?: AccountRole | undefined;
  passwordHash?: string | undefined;
  email?: string | undefined;
  /** Null lets it sign in again. */
  disabledAt?: number | null | undefined;
};
