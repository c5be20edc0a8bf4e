import { createHash, randomBytes } from 'node:crypto';
import { AwazError } from '@awaz/infra/contract';
import { ACCOUNT_KEYS, type RedisHandle } from '@awaz/infra/redis';

/** How long a link may be used, in seconds. */
export const ONE_TIME_LIFE_SECONDS = 86_400;

/** Links that sign somebody in once; only hashes of their tokens are kept. */
export class OneTimeLinks {
  readonly #handle: RedisHandle;

  constructor(handle: RedisHandle) {
    this.#handle = handle;
  }

  /** Makes the token of a link that signs an account in. */
  async make(accountId: string): Promise<string> {
    const token = randomBytes(24).toString('base64url');
    await this.#handle.commands.set(keyOf(token), accountId, 'EX', ONE_TIME_LIFE_SECONDS);
    return token;
  }

  /** Takes a token; returns whom it signs in. Throws `bad_credentials` for one that is unknown, used or too old. */
  async take(token: string): Promise<string> {
    const accountId = await this.#handle.commands.getdel(keyOf(token));
    if (accountId !== null) return accountId;
    throw new AwazError('bad_credentials', 'This link was used already, or is older than a day. Ask for another one.');
  }
}

function keyOf(token: string): string {
  return ACCOUNT_KEYS.oneTime(createHash('sha256').update(token).digest('hex'));
}
