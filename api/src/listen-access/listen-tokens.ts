import { randomBytes } from 'node:crypto';
import { AwazError } from '@awaz/infra/contract';
import { type ControlBus, type RedisHandle, Script, stationKeys } from '@awaz/infra/redis';
import { stampRecord } from '../stations/index.ts';
import {
  findListenToken,
  hashListenToken,
  isExpired,
  type ListenTokenRecord,
  makeListenToken,
} from './listen-token.ts';

/** Most listen tokens of a station; those that have expired make room. */
export const MAX_LISTEN_TOKENS = 100;

// KEYS station, tokens · ARGV id, record, most. -1: there is no station, 0: there is no room.
const addScript = new Script<number>(`
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[3]) then return 0 end
return redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
`);

/** What a new token is to be. */
export type ListenTokenWish = {
  label?: string | undefined;
  /** How long it is good, in ms; for ever when left out. */
  lifeMs?: number | undefined;
};

/** What the store needs. */
export type ListenTokensOptions = {
  handle: RedisHandle;
  /** Tells running programs of revoked tokens. */
  bus: Pick<ControlBus, 'publish'>;
};

/** Listen tokens of private stations: each lets everybody listen who has it. Stateless; the truth is in Redis. */
export class ListenTokens {
  readonly #handle: RedisHandle;
  readonly #bus: Pick<ControlBus, 'publish'>;

  constructor({ handle, bus }: ListenTokensOptions) {
    this.#handle = handle;
    this.#bus = bus;
  }

  /** Makes a token. It is told this once: only its hash is kept. Throws `unknown_station` or `limit_reached`. */
  async add(station: string, wish: ListenTokenWish = {}): Promise<{ token: string; record: ListenTokenRecord }> {
    const { label = '', lifeMs } = wish;
    const token = makeListenToken();
    const createdAt = Date.now();
    const record: ListenTokenRecord = {
      ...{ id: randomBytes(4).toString('hex'), label: label.trim(), hash: hashListenToken(token), createdAt },
      ...(lifeMs === undefined ? {} : { expiresAt: createdAt + lifeMs }),
    };
    await this.#forgetExpired(station);
    const keys = stationKeys(station);
    const values = [record.id, JSON.stringify(record), MAX_LISTEN_TOKENS];
    const added = await addScript.run(this.#handle.commands, [keys.station, keys.listenTokens], values);
    if (added === -1) throw new AwazError('unknown_station', `There is no station "${station}".`);
    if (added === 0) {
      throw new AwazError('limit_reached', `"${station}" has ${MAX_LISTEN_TOKENS} listen tokens. Revoke one first.`);
    }
    return { token, record };
  }

  /** All tokens of a station, the oldest first; those that have expired are among them for a while. */
  async list(station: string): Promise<ListenTokenRecord[]> {
    const texts = Object.values(await this.#handle.commands.hgetall(stationKeys(station).listenTokens));
    return texts.map((text) => JSON.parse(text) as ListenTokenRecord).sort((a, b) => a.createdAt - b.createdAt);
  }

  /** The record of a token that is good now, which counts as a use; undefined for any other. */
  async use(station: string, token: string): Promise<ListenTokenRecord | undefined> {
    const record = findListenToken(await this.list(station), token);
    if (record === undefined || isExpired(record, Date.now())) return undefined;
    const stamp = { id: record.id, field: 'lastUsedAt', at: Date.now() } as const;
    await stampRecord(this.#handle, stationKeys(station).listenTokens, stamp);
    return record;
  }

  /** Whether the token with this id is still good. */
  async isGood(station: string, id: string): Promise<boolean> {
    const text = await this.#handle.commands.hget(stationKeys(station).listenTokens, id);
    return text !== null && !isExpired(JSON.parse(text) as ListenTokenRecord, Date.now());
  }

  /** Revokes a token for good; who listens by it is cut off within seconds. Throws `not_found`. */
  async revoke(station: string, id: string): Promise<void> {
    if ((await this.#handle.commands.hdel(stationKeys(station).listenTokens, id)) === 0) {
      throw new AwazError('not_found', `Station "${station}" has no listen token "${id}".`);
    }
    await this.#bus.publish({ type: 'station_changed', station });
  }

  async #forgetExpired(station: string): Promise<void> {
    const now = Date.now();
    const ids = (await this.list(station)).filter((record) => isExpired(record, now)).map(({ id }) => id);
    if (ids.length > 0) await this.#handle.commands.hdel(stationKeys(station).listenTokens, ...ids);
  }
}
