import { randomBytes } from 'node:crypto';
import { announceListing, type BroadcastRegistry } from '@awaz/infra/broadcasts';
import { appendEnd } from '@awaz/infra/chunk-log';
import { AwazError, STATION_ROLES } from '@awaz/infra/contract';
import {
  type ControlBus,
  chatKeys,
  type RedisHandle,
  Script,
  STATIONS_KEY,
  stationKeys,
  WEBHOOK_STATIONS_KEY,
} from '@awaz/infra/redis';
import { hashStreamKey, isRevoked, makeStreamKey, type StationStanding, type StreamKeyRecord } from '../auth/index.ts';
import { type RecordStamp, stampRecord } from './record-stamp.ts';
import {
  changedFields,
  type NewStation,
  newStation,
  parseStation,
  type Station,
  type StationChanges,
  stationFields,
} from './station.ts';

/** Most keys of a station that are not revoked. */
export const MAX_STREAM_KEYS = 50;

/** Revoked keys that are remembered, so that their users are told; the one revoked first is forgotten beyond it. */
export const MAX_REVOKED_KEYS = 100;

// KEYS station · ARGV fields…
const createScript = new Script<number>(`
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
for i = 1, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1
`);

// KEYS station · ARGV version that it must have (empty: any), fields… Answer: 0 when there is none, -1 for another version.
const changeScript = new Script<number>(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or '1')
if ARGV[1] ~= '' and tonumber(ARGV[1]) ~= version then return -1 end
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('HSET', KEYS[1], 'version', version + 1)
return 1
`);

// KEYS station, removedPrivate, further keys of the station… · ARGV ttlMs. 0 when there is no station.
const removeScript = new Script<number>(`
local public = redis.call('HGET', KEYS[1], 'public')
if not public then return 0 end
redis.call('DEL', KEYS[1], unpack(KEYS, 3))
if public ~= '1' then redis.call('SET', KEYS[2], '1', 'PX', ARGV[1]) end
return 1
`);

/** How long it is remembered that a station that was removed was private, in ms; its last sound is gone long before. */
const REMOVED_PRIVATE_MS = 30 * 60_000;

/** What a station store needs. */
export type StationStoreOptions = {
  handle: RedisHandle;
  /** Tells running programs of revoked keys and removed stations. */
  bus: Pick<ControlBus, 'publish'>;
  registry: BroadcastRegistry;
};

/** Stations and their stream keys. Stateless; the truth is in Redis. */
export class StationStore {
  readonly #handle: RedisHandle;
  readonly #bus: Pick<ControlBus, 'publish'>;
  readonly #registry: BroadcastRegistry;

  constructor({ handle, bus, registry }: StationStoreOptions) {
    this.#handle = handle;
    this.#bus = bus;
    this.#registry = registry;
  }

  /** Makes a station. Throws `bad_request` or `station_exists`. */
  async add(wish: NewStation): Promise<Station> {
    const station = newStation(wish, Date.now());
    const { slug, createdAt } = station;
    // First the list: a crash in between leaves a name without a station, which is no station.
    await this.#handle.commands.zadd(STATIONS_KEY, 'NX', createdAt, slug);
    const fields = Object.entries(stationFields(station)).flat();
    if ((await createScript.run(this.#handle.commands, [stationKeys(slug).station], fields)) === 0) {
      throw new AwazError('station_exists', `There is a station "${slug}" already. Choose another address.`);
    }
    return station;
  }

  /** The station by this slug; undefined when there is none. */
  async get(slug: string): Promise<Station | undefined> {
    return parseStation(await this.#handle.commands.hgetall(stationKeys(slug).station));
  }

  /**
   * Changes a station, if it still has the version that is given, and returns it. Throws `bad_request`,
   * `unknown_station` or `conflict`.
   */
  async change(slug: string, changes: StationChanges, version?: number): Promise<Station> {
    await this.#write(slug, changedFields(changes), version);
    const station = await this.get(slug);
    if (station === undefined) throw unknownStation(slug);
    return station;
  }

  /** Gives a station another picture, by the hash of its bytes, or none. Throws `unknown_station`. */
  async setArtwork(slug: string, hash: string | undefined): Promise<void> {
    await this.#write(slug, { artwork: hash ?? '' });
  }

  async #write(slug: string, fields: Record<string, string>, version?: number): Promise<void> {
    const values = [version === undefined ? '' : String(version), ...Object.entries(fields).flat()];
    const outcome = await changeScript.run(this.#handle.commands, [stationKeys(slug).station], values);
    if (outcome === 0) throw unknownStation(slug);
    if (outcome === -1) {
      throw new AwazError('conflict', `"${slug}" was changed in the meantime. Read it again, then change it.`);
    }
    if ('public' in fields) await announceListing(this.#handle, slug);
    await this.#bus.publish({ type: 'station_changed', station: slug });
  }

  /** The station and what an account is on it; undefined when there is no such station. */
  async standing(slug: string, accountId: string | undefined): Promise<StationStanding | undefined> {
    const { station, people } = stationKeys(slug);
    const [fields, role] = await Promise.all([
      this.#handle.commands.hmget(station, 'slug', 'public', 'ownerId'),
      accountId === undefined ? null : this.#handle.commands.hget(people, accountId),
    ]);
    const [known, isPublic, ownerId] = fields;
    if (!known) return undefined;
    const named = STATION_ROLES.find((each) => each === role);
    return { slug, public: isPublic === '1', ownerId: ownerId || undefined, role: named };
  }

  /** Whether everybody may listen. A station that does not exist is open, unless it was private until lately. */
  async isOpen(slug: string): Promise<boolean> {
    const { station, removedPrivate } = stationKeys(slug);
    const [isPublic, wasPrivate] = await Promise.all([
      this.#handle.commands.hget(station, 'public'),
      this.#handle.commands.exists(removedPrivate),
    ]);
    return isPublic === null ? wasPrivate === 0 : isPublic === '1';
  }

  /** Gives a station to an account. Throws `unknown_station`. */
  async give(slug: string, ownerId: string): Promise<void> {
    await this.#write(slug, { ownerId });
  }

  /** All stations, the oldest first. */
  async list(): Promise<Station[]> {
    const slugs = await this.#handle.commands.zrange(STATIONS_KEY, '0', '-1');
    const stations = await Promise.all(slugs.map((slug) => this.get(slug)));
    return stations.filter((station) => station !== undefined);
  }

  /**
   * Removes a station with its keys, its chat and its events, and ends its broadcast; the media of a public one stays as long as
   * after any end.
   * Throws `unknown_station`.
   */
  async remove(slug: string): Promise<void> {
    const keys = stationKeys(slug);
    const live = await this.#registry.get(slug);
    const { station, removedPrivate, streamKeys, people, listenTokens, listenSessions, listenGrants } = keys;
    // The head of the events stays: a station by the same name goes on counting, and no old place is one of its own.
    const others = [keys.webhooks, keys.webhookStates, keys.webhookCursor, keys.artwork, keys.events];
    const all = [station, removedPrivate, streamKeys, people, listenTokens, listenSessions, listenGrants, ...others];
    if ((await removeScript.run(this.#handle.commands, all, [REMOVED_PRIVATE_MS])) === 0) throw unknownStation(slug);
    await this.#handle.commands.del(...Object.values(chatKeys(slug)));
    await this.#handle.commands.zrem(STATIONS_KEY, slug);
    await this.#handle.commands.srem(WEBHOOK_STATIONS_KEY, slug);
    if (live?.state === 'live') await appendEnd(this.#handle, live, 'station_removed');
    await this.#bus.publish({ type: 'station_removed', station: slug });
  }

  /** Makes a stream key. It is told this once: only its hash is kept. Throws `unknown_station` or `bad_request`. */
  async addKey(slug: string, label = ''): Promise<{ key: string; record: StreamKeyRecord }> {
    const records = await this.streamKeys(slug);
    if (records === undefined) throw unknownStation(slug);
    const now = Date.now();
    if (records.filter((record) => !isRevoked(record, now)).length >= MAX_STREAM_KEYS) {
      throw new AwazError('bad_request', `"${slug}" has ${MAX_STREAM_KEYS} stream keys. Revoke one that is not used.`);
    }
    const key = makeStreamKey();
    const id = randomBytes(4).toString('hex');
    const record = { id, label: label.trim().slice(0, 60), hash: hashStreamKey(key), createdAt: Date.now() };
    await this.#handle.commands.hset(stationKeys(slug).streamKeys, id, JSON.stringify(record));
    return { key, record };
  }

  /** All keys of a station, revoked ones too, the oldest first; undefined when there is no such station. */
  async streamKeys(slug: string): Promise<StreamKeyRecord[] | undefined> {
    const keys = stationKeys(slug);
    const [exists, hash] = await Promise.all([
      this.#handle.commands.exists(keys.station),
      this.#handle.commands.hgetall(keys.streamKeys),
    ]);
    if (exists === 0) return undefined;
    const records = Object.values(hash).map((text) => JSON.parse(text) as StreamKeyRecord);
    return records.sort((a, b) => a.createdAt - b.createdAt);
  }

  /** Notes that a key was used just now. */
  async noteKeyUse(slug: string, keyId: string): Promise<void> {
    await this.#stamp(slug, keyId, { field: 'lastUsedAt' });
  }

  /**
   * Makes a key in the place of another one, which stays good for `overlapMs` and is revoked then, without anybody doing
   * anything. Throws `unknown_station`, `not_found` or `bad_request`.
   */
  async rotateKey(slug: string, keyId: string, overlapMs: number): Promise<{ key: string; record: StreamKeyRecord }> {
    const old = (await this.streamKeys(slug))?.find(({ id }) => id === keyId);
    if (old === undefined || isRevoked(old, Date.now())) {
      throw new AwazError('not_found', `Station "${slug}" has no stream key "${keyId}" that is good.`);
    }
    const fresh = await this.addKey(slug, old.label);
    if (overlapMs > 0) await this.#stamp(slug, keyId, { field: 'revokedAt', at: Date.now() + overlapMs });
    else await this.revokeKey(slug, keyId);
    return fresh;
  }

  /** Revokes a key for good; who publishes with it is cut off. Throws `unknown_station` or `not_found`. */
  async revokeKey(slug: string, keyId: string): Promise<void> {
    if ((await this.get(slug)) === undefined) throw unknownStation(slug);
    if (!(await this.#stamp(slug, keyId, { field: 'revokedAt' }))) {
      throw new AwazError('not_found', `Station "${slug}" has no stream key "${keyId}".`);
    }
    await this.#forgetOldRevoked(slug);
    await this.#bus.publish({ type: 'key_revoked', station: slug, keyId });
  }

  async #stamp(
    slug: string,
    keyId: string,
    { field, at = Date.now() }: Pick<RecordStamp, 'field'> & { at?: number },
  ): Promise<boolean> {
    return stampRecord(this.#handle, stationKeys(slug).streamKeys, { id: keyId, field, at });
  }

  async #forgetOldRevoked(slug: string): Promise<void> {
    const records = (await this.streamKeys(slug)) ?? [];
    const now = Date.now();
    const revoked = records.filter((record) => isRevoked(record, now));
    const old = revoked.sort((a, b) => (a.revokedAt ?? 0) - (b.revokedAt ?? 0)).slice(0, -MAX_REVOKED_KEYS);
    if (old.length > 0) await this.#handle.commands.hdel(stationKeys(slug).streamKeys, ...old.map(({ id }) => id));
  }
}

function unknownStation(slug: string): AwazError {
  return new AwazError('unknown_station', `There is no station "${slug.slice(0, 60)}".`);
}
