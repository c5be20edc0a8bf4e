import { AwazError } from '@awaz/infra/contract';
import { ACCOUNT_KEYS, type RedisHandle, Script } from '@awaz/infra/redis';
import { randomLetters } from '../auth/index.ts';
import { type Account, type AccountChanges, accountFields, type NewAccount, parseAccount } from './account.ts';

// KEYS by-email, account, ids, admins · ARGV email, id, ms since 1970, role, fields…  Gives 0 when the address is taken.
const createScript = new Script<number>(`
if ARGV[1] ~= '' and redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('ZADD', KEYS[3], ARGV[3], ARGV[2])
if ARGV[4] == 'admin' then redis.call('SADD', KEYS[4], ARGV[2]) end
for i = 5, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
return 1
`);

// KEYS by-email, account, admins · ARGV id, fields…  Gives 0 when there is no account, -1 when the address is taken,
// -2 when no administrator would be left.
const changeScript = new Script<number>(`
local before = redis.call('HMGET', KEYS[2], 'email', 'role', 'disabledAt')
if not before[1] then return 0 end
local after = {}
for i = 2, #ARGV, 2 do after[ARGV[i]] = ARGV[i + 1] end
local role = after.role or before[2]
local disabled = after.disabledAt or before[3]
local isAdmin = role == 'admin' and (not disabled or disabled == '')
if not isAdmin and redis.call('SISMEMBER', KEYS[3], ARGV[1]) == 1 and redis.call('SCARD', KEYS[3]) == 1 then return -2 end
if after.email and after.email ~= before[1] then
  if redis.call('HSETNX', KEYS[1], after.email, ARGV[1]) == 0 then return -1 end
  if before[1] ~= '' then redis.call('HDEL', KEYS[1], before[1]) end
end
redis.call(isAdmin and 'SADD' or 'SREM', KEYS[3], ARGV[1])
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
return 1
`);

// KEYS account · ARGV role to rise from, role
const promoteScript = new Script<number>(`
if redis.call('HGET', KEYS[1], 'role') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'role', ARGV[2])
return 1
`);

/** Accounts. Stateless; the truth is in Redis. */
export class AccountStore {
  readonly #handle: RedisHandle;

  constructor(handle: RedisHandle) {
    this.#handle = handle;
  }

  /** Makes an account. Throws `email_taken`. */
  async create(wish: NewAccount): Promise<Account> {
    const now = Date.now();
    const id = `a${randomLetters(16)}`;
    const account = { ...wish, id, createdAt: now, generation: 0, disabledAt: undefined };
    const keys = [ACCOUNT_KEYS.byEmail, ACCOUNT_KEYS.account(id), ACCOUNT_KEYS.ids, ACCOUNT_KEYS.admins];
    const values = [wish.email, id, now, wish.role, ...Object.entries(accountFields(account)).flat()];
    if ((await createScript.run(this.#handle.commands, keys, values)) === 0) throw emailTaken();
    return account;
  }

  /** The account by this id; undefined when there is none. */
  async get(id: string): Promise<Account | undefined> {
    return parseAccount(await this.#handle.commands.hgetall(ACCOUNT_KEYS.account(id)));
  }

  /** The account with this address (small letters); undefined when there is none. */
  async byEmail(email: string): Promise<Account | undefined> {
    const id = await this.#handle.commands.hget(ACCOUNT_KEYS.byEmail, email);
    return id === null ? undefined : this.get(id);
  }

  /** Changes an account and returns it. Throws `not_found`, `email_taken`, or `conflict` for the last administrator. */
  async change(id: string, changes: AccountChanges): Promise<Account> {
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    const fields = given.flatMap(([name, value]) => [name, value === null ? '' : String(value)]);
    const keys = [ACCOUNT_KEYS.byEmail, ACCOUNT_KEYS.account(id), ACCOUNT_KEYS.admins];
    const outcome = await changeScript.run(this.#handle.commands, keys, [id, ...fields]);
    if (outcome === -1) throw emailTaken();
    if (outcome === -2) throw new AwazError('conflict', 'This is the last administrator. Name another one first.');
    const account = outcome === 0 ? undefined : await this.get(id);
    if (account === undefined) throw new AwazError('not_found', 'There is no account by this id.');
    return account;
  }

  /** Makes an owner of a listener; other roles stay. */
  async makeOwner(id: string): Promise<void> {
    await promoteScript.run(this.#handle.commands, [ACCOUNT_KEYS.account(id)], ['listener', 'owner']);
  }

  /** Makes every access token of before invalid. */
  async nextGeneration(id: string): Promise<void> {
    await this.#handle.commands.hincrby(ACCOUNT_KEYS.account(id), 'generation', 1);
  }

  /** How many administrators may sign in. */
  adminCount(): Promise<number> {
    return this.#handle.commands.scard(ACCOUNT_KEYS.admins);
  }

  /** Accounts from the newest to the oldest; `after` is the place of the last one of the page before. */
  async list({ after = 0, limit }: { after?: number | undefined; limit: number }): Promise<Account[]> {
    const ids = await this.#handle.commands.zrevrange(ACCOUNT_KEYS.ids, after, after + limit - 1);
    const accounts = await Promise.all(ids.map((id) => this.get(id)));
    return accounts.filter((account) => account !== undefined);
  }
}

function emailTaken(): AwazError {
  return new AwazError('email_taken', 'There is an account with this address already. Sign in, or take another one.');
}
