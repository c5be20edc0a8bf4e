import { createHash, createHmac } from 'node:crypto';
import { AwazError } from '@awaz/infra/contract';
import { ACCOUNT_KEYS, type RedisHandle, Script } from '@awaz/infra/redis';
import { randomLetters, type ServerSecret } from '../auth/index.ts';

/** How long a sign-in lives without being used, in ms. */
export const SIGN_IN_LIFE_MS = 30 * 86_400_000;

/** How long the refresh token before the newest one is still taken, in ms: two tabs may use it at the same time. */
export const REFRESH_GRACE_MS = 10_000;

/** Sign-ins of one account at the same time; the one not used for longest ends beyond it. */
export const MAX_SIGN_INS = 50;

// KEYS sign-in, sign-ins of the account · ARGV id, account, token hash, now, life
const beginScript = new Script<number>(`
redis.call('HSET', KEYS[1], 'account', ARGV[2], 'current', ARGV[3], 'previous', '', 'rotatedAt', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[4])
redis.call('ZADD', KEYS[2], ARGV[4] + ARGV[5], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[5])
return 1
`);

// KEYS sign-in · ARGV presented hash, successor's hash, now, grace, life. Gives what happened and the account.
const rotateScript = new Script<[Buffer, Buffer]>(`
local kept = redis.call('HMGET', KEYS[1], 'account', 'current', 'previous', 'rotatedAt')
if not kept[1] then return {'gone', ''} end
if kept[2] == ARGV[1] then
  redis.call('HSET', KEYS[1], 'current', ARGV[2], 'previous', ARGV[1], 'rotatedAt', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  return {'rotated', kept[1]}
end
if kept[3] == ARGV[1] and kept[2] == ARGV[2] and ARGV[3] - kept[4] <= tonumber(ARGV[4]) then return {'again', kept[1]} end
redis.call('DEL', KEYS[1])
return {'reused', kept[1]}
`);

/** What a refresh brings: the next token, and whose it is. */
export type Rotation = { accountId: string; refreshToken: string };

/**
 * Sign-ins and their refresh tokens. A token is good for one use; its successor is computed from it, so that two tabs
 * that use the same one within {@link REFRESH_GRACE_MS} get the same successor. A token used again later was stolen, or
 * its successor was: the sign-in ends. Only hashes are kept.
 */
export class SignIns {
  readonly #handle: RedisHandle;
  readonly #secret: ServerSecret;
  readonly #now: () => number;

  /** `now` gives ms since 1970; for tests. */
  constructor(handle: RedisHandle, secret: ServerSecret, now: () => number = Date.now) {
    this.#handle = handle;
    this.#secret = secret;
    this.#now = now;
  }

  /** Signs an account in; returns the first refresh token. */
  async begin(accountId: string): Promise<string> {
    const id = randomLetters(24);
    const part = randomLetters(40);
    const keys = [ACCOUNT_KEYS.signIn(id), ACCOUNT_KEYS.signInsOf(accountId)];
    const values = [id, accountId, hashOf(part), this.#now(), SIGN_IN_LIFE_MS];
    await beginScript.run(this.#handle.commands, keys, values);
    await this.#endOldest(accountId);
    return `${id}.${part}`;
  }

  /** Takes a refresh token and gives the next one. Throws `refresh_refused`. */
  async rotate(refreshToken: string): Promise<Rotation> {
    const { id, part } = partsOf(refreshToken);
    const next = await this.#successor(refreshToken);
    const values = [hashOf(part), hashOf(next), this.#now(), REFRESH_GRACE_MS, SIGN_IN_LIFE_MS];
    const [outcome, account] = await rotateScript.run(this.#handle.commands, [ACCOUNT_KEYS.signIn(id)], values);
    const accountId = account.toString();
    if (outcome.toString() === 'reused') {
      await this.#handle.commands.zrem(ACCOUNT_KEYS.signInsOf(accountId), id);
      throw new AwazError('refresh_refused', 'This refresh token was used before, so its sign-in has ended. Sign in.', {
        facts: { reused: true, accountId },
      });
    }
    if (outcome.toString() === 'gone') throw refused();
    const ends = this.#now() + SIGN_IN_LIFE_MS;
    const list = ACCOUNT_KEYS.signInsOf(accountId);
    await this.#handle.commands.multi().zadd(list, 'XX', ends, id).pexpire(list, SIGN_IN_LIFE_MS).exec();
    return { accountId, refreshToken: `${id}.${next}` };
  }

  /** Ends the sign-in of a token, also of one that was followed by another. Does nothing for what is no token. */
  async end(refreshToken: string): Promise<void> {
    const parts = /^([a-z0-9]{24})\.([\w-]{40,43})$/.exec(refreshToken);
    const [, id = '', part = ''] = parts ?? [];
    if (parts === null) return;
    const [account, current, previous] = await this.#handle.commands.hmget(
      ACCOUNT_KEYS.signIn(id),
      'account',
      'current',
      'previous',
    );
    if (!account || ![current, previous].includes(hashOf(part))) return;
    await this.#forget(account, [id]);
  }

  /** Ends all sign-ins of an account. */
  async endAll(accountId: string): Promise<void> {
    await this.#forget(accountId, await this.#handle.commands.zrange(ACCOUNT_KEYS.signInsOf(accountId), '0', '-1'));
  }

  async #endOldest(accountId: string): Promise<void> {
    await this.#forget(
      accountId,
      await this.#handle.commands.zrange(ACCOUNT_KEYS.signInsOf(accountId), '0', String(-MAX_SIGN_INS - 1)),
    );
  }

  async #forget(accountId: string, ids: string[]): Promise<void> {
    if (ids.length === 0) return;
    const transaction = this.#handle.commands.multi();
    transaction.del(...ids.map(ACCOUNT_KEYS.signIn)).zrem(ACCOUNT_KEYS.signInsOf(accountId), ...ids);
    await transaction.exec();
  }

  async #successor(refreshToken: string): Promise<string> {
    return createHmac('sha256', await this.#secret.key('refresh token'))
      .update(refreshToken)
      .digest('base64url');
  }
}

function partsOf(refreshToken: string): { id: string; part: string } {
  const [, id, part] = /^([a-z0-9]{24})\.([\w-]{40,43})$/.exec(refreshToken) ?? [];
  if (id === undefined || part === undefined) throw refused();
  return { id, part };
}

function hashOf(part: string): string {
  return createHash('sha256').update(part).digest('hex');
}

function refused(): AwazError {
  return new AwazError('refresh_refused', 'There is no such sign-in any more. Sign in.');
}
