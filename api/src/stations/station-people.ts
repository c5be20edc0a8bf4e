import { AwazError, STATION_ROLES, type StationRole } from '@awaz/infra/contract';
import { type ControlBus, type RedisHandle, Script, stationKeys } from '@awaz/infra/redis';

/** Most members and moderators of a station. */
export const MAX_PEOPLE = 500;

// KEYS station, people · ARGV account, role, most. -1: there is no station, 0: there is no room.
const nameScript = new Script<number>(`
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
local known = redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1
if not known and redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
return 1
`);

/** What is needed. */
export type StationPeopleOptions = {
  handle: RedisHandle;
  /** Tells running programs that rights have changed. */
  bus: Pick<ControlBus, 'publish'>;
};

/** Who is something on a station beside its owner. Stateless; the truth is in Redis. */
export class StationPeople {
  readonly #handle: RedisHandle;
  readonly #bus: Pick<ControlBus, 'publish'>;

  constructor({ handle, bus }: StationPeopleOptions) {
    this.#handle = handle;
    this.#bus = bus;
  }

  /** Role by account id. */
  async list(station: string): Promise<Map<string, StationRole>> {
    const kept = await this.#handle.commands.hgetall(stationKeys(station).people);
    const roles = Object.entries(kept).map(([id, text]) => [id, STATION_ROLES.find((role) => role === text)] as const);
    return new Map(roles.filter((entry): entry is readonly [string, StationRole] => entry[1] !== undefined));
  }

  /** What an account is on each of these stations; those on which it is nothing are left out. */
  async rolesOf(accountId: string, stations: readonly string[]): Promise<Map<string, StationRole>> {
    const { commands } = this.#handle;
    const kept = await Promise.all(stations.map((station) => commands.hget(stationKeys(station).people, accountId)));
    const roles = stations.map((station, i) => [station, STATION_ROLES.find((role) => role === kept[i])] as const);
    return new Map(roles.filter((entry): entry is readonly [string, StationRole] => entry[1] !== undefined));
  }

  /** Makes an account something on a station; at once. Throws `unknown_station` or `limit_reached`. */
  async name(station: string, accountId: string, role: StationRole): Promise<void> {
    const keys = stationKeys(station);
    const values = [accountId, role, MAX_PEOPLE];
    const named = await nameScript.run(this.#handle.commands, [keys.station, keys.people], values);
    if (named === -1) throw new AwazError('unknown_station', `There is no station "${station}".`);
    if (named === 0)
      throw new AwazError('limit_reached', `"${station}" has ${MAX_PEOPLE} people. Dismiss somebody first.`);
    await this.#bus.publish({ type: 'station_changed', station });
  }

  /** Takes what it was from an account; what it may not do any more ends within seconds. Throws `not_found`. */
  async dismiss(station: string, accountId: string): Promise<void> {
    if ((await this.#handle.commands.hdel(stationKeys(station).people, accountId)) === 0) {
      throw new AwazError('not_found', 'This account is nothing on the station.');
    }
    await this.#bus.publish({ type: 'station_changed', station });
  }
}
