import { ACCOUNT_ID_PATTERN, AwazError, SLUG_PATTERN, STREAM_KEY_PATTERN } from '@awaz/infra/contract';
import { pause } from '@awaz/infra/runtime';
import { GuessLimiter } from './guess-limiter.ts';
import { findStreamKey, isRevoked, type StreamKeyRecord } from './stream-key.ts';

/** Where stream keys are kept; the station store is one. */
export type StreamKeySource = {
  /** All keys of a station, revoked ones too; undefined when there is no such station. */
  streamKeys(station: string): Promise<StreamKeyRecord[] | undefined>;
  /** Notes that a key was used just now. */
  noteKeyUse(station: string, keyId: string): Promise<void>;
};

/** Tells who owns a station and whose an access token is; without one, only stream keys are taken. */
export type OwnerSource = {
  /** The account of an access token. Throws `unauthenticated`, `token_expired` or `forbidden`. */
  accountOf(token: string): Promise<{ id: string }>;
  /** Whether an account may publish on a station now. */
  mayPublish(accountId: string, station: string): Promise<boolean>;
};

/** Somebody's wish to publish. */
export type PublishClaim = {
  station: string;
  /** The stream key or access token, from wherever the client put it; empty when it gave none. */
  secret: string;
  /** Where the client connects from. */
  address: string;
  /** Ends the wait of a slowed-down guess. */
  signal: AbortSignal;
};

/** What an access token (a JWT) looks like. */
const TOKEN_PATTERN = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/** Decides who may publish on a station. */
export class PublisherAuth {
  readonly #keys: StreamKeySource;
  readonly #limiter: GuessLimiter;
  readonly #owners: OwnerSource | undefined;

  /** Without `owners`, stream keys alone are taken. */
  constructor(keys: StreamKeySource, options: { limiter?: GuessLimiter; owners?: OwnerSource } = {}) {
    this.#keys = keys;
    this.#limiter = options.limiter ?? new GuessLimiter();
    this.#owners = options.owners;
  }

  /**
   * Settles with the id of the key, or of the account whose access token was given. Throws `unknown_station`, `bad_key`
   * (after a wait for who guesses) or `key_revoked`; with an access token `unauthenticated`, `token_expired` or
   * `forbidden`.
   */
  async authorize({ station, secret, address, signal }: PublishClaim): Promise<{ keyId: string }> {
    const records = SLUG_PATTERN.test(station) ? await this.#keys.streamKeys(station) : undefined;
    if (records === undefined) throw unknownStation(station);
    if (this.#owners !== undefined && TOKEN_PATTERN.test(secret))
      return this.#authorizeOwner(this.#owners, station, secret);
    const record = STREAM_KEY_PATTERN.test(secret) ? findStreamKey(records, secret) : undefined;
    if (record === undefined) {
      // Who gives no key at all guesses none: some clients ask without it first.
      if (secret !== '') await pause(await this.#limiter.wrongKey(address), signal);
      throw wrongKey(station, secret);
    }
    if (isRevoked(record, Date.now())) throw keyRevoked(record);
    await this.#keys.noteKeyUse(station, record.id);
    return { keyId: record.id };
  }

  async #authorizeOwner(owners: OwnerSource, station: string, token: string): Promise<{ keyId: string }> {
    const { id } = await owners.accountOf(token);
    if (!(await owners.mayPublish(id, station))) throw notOwner(station);
    return { keyId: id };
  }

  /**
   * Looks whether a key that was good still is, or an account still owns the station; how old its token is does not
   * matter. Throws `unknown_station`, `key_revoked` or `forbidden`.
   */
  async recheck(station: string, keyId: string): Promise<void> {
    const records = await this.#keys.streamKeys(station);
    if (records === undefined) throw unknownStation(station);
    if (ACCOUNT_ID_PATTERN.test(keyId)) {
      if (await this.#owners?.mayPublish(keyId, station)) return;
      throw notOwner(station);
    }
    const record = records.find(({ id }) => id === keyId);
    if (record === undefined)
      throw new AwazError('key_revoked', `The stream key ${keyId} is gone. Ask for another one.`);
    if (isRevoked(record, Date.now())) throw keyRevoked(record);
  }
}

function notOwner(station: string): AwazError {
  return new AwazError('forbidden', `Your account does not own station "${station}". Use a stream key of it.`);
}

function unknownStation(station: string): AwazError {
  const named = SLUG_PATTERN.test(station) ? `"${station}"` : 'by this name';
  return new AwazError('unknown_station', `There is no station ${named}. Check the address.`);
}

function wrongKey(station: string, secret: string): AwazError {
  const what = secret === '' ? 'No stream key was given' : `The stream key is not one of station "${station}"`;
  return new AwazError('bad_key', `${what}. Give it as ?key=… or as Authorization: Bearer ….`);
}

function keyRevoked({ id, label, revokedAt }: StreamKeyRecord): AwazError {
  const when = revokedAt === undefined ? '' : ` on ${new Date(revokedAt).toISOString()}`;
  const name = label === '' ? id : `${id} (${label})`;
  return new AwazError(
    'key_revoked',
    `The stream key ${name} was revoked${when}. Ask the station's owner for another one.`,
  );
}
