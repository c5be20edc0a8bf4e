import { type RedisHandle, Script, stationKeys } from '@awaz/infra/redis';

/** How long a session of a private station lives after its last use, in ms. */
export const SESSION_LIFE_MS = 60_000;

/** Most sessions of one private station; the one not used for longest ends beyond it. */
export const MAX_STATION_SESSIONS = 20_000;

/** Expired sessions that are cleared away with each new one; more than one, so that none are left in the end. */
const CLEARED_AT_ONCE = 100;

const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

// KEYS sessions, grants · ARGV session, grant, lifeMs, most
const openScript = new Script<number>(`${NOW}
local function drop(names)
  if #names > 0 then
    redis.call('ZREM', KEYS[1], unpack(names))
    redis.call('HDEL', KEYS[2], unpack(names))
  end
end
drop(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ${CLEARED_AT_ONCE}))
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
if redis.call('ZCARD', KEYS[1]) > tonumber(ARGV[4]) then drop(redis.call('ZRANGE', KEYS[1], 0, 0)) end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return 1
`);

// KEYS sessions, grants · ARGV session, lifeMs. Answer: the grant; nothing when the session has ended.
const useScript = new Script<Buffer | null>(`${NOW}
local ends = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not ends or tonumber(ends) <= now then return false end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return redis.call('HGET', KEYS[2], ARGV[1])
`);

/** Other limits than the usual ones; for tests. */
export type ListenerSessionLimits = { sessionLifeMs?: number; maxStationSessions?: number };

/**
 * Sessions of listeners of private stations: which there are, and by what right. Each lives as long as it is used, on
 * whatever node. Stateless; the truth is in Redis.
 */
export class ListenerSessions {
  readonly #handle: RedisHandle;
  readonly #lifeMs: number;
  readonly #most: number;

  constructor(handle: RedisHandle, limits: ListenerSessionLimits = {}) {
    this.#handle = handle;
    this.#lifeMs = limits.sessionLifeMs ?? SESSION_LIFE_MS;
    this.#most = limits.maxStationSessions ?? MAX_STATION_SESSIONS;
  }

  /** Opens a session, or gives one that there is another grant. */
  async open(station: string, session: string, grant: string): Promise<void> {
    await openScript.run(this.#handle.commands, keysOf(station), [session, grant, this.#lifeMs, this.#most]);
  }

  /** What a session was opened by, which counts as a use; undefined when it has ended. */
  async use(station: string, session: string): Promise<string | undefined> {
    const grant = await useScript.run(this.#handle.commands, keysOf(station), [session, this.#lifeMs]);
    return grant?.toString();
  }
}

function keysOf(station: string): string[] {
  const { listenSessions, listenGrants } = stationKeys(station);
  return [listenSessions, listenGrants];
}
