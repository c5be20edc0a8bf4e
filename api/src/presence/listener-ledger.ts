import { broadcastKeys, PRESENCE_CHANNEL, type RedisHandle, Script, stationKeys } from '@awaz/infra/redis';
import { HEARTBEAT_MS } from './held-sessions.ts';
import { parseStationCount, type StationCount } from './listener-count.ts';

/** Least time between two counts of a station, over all processes, in ms. */
export const COUNT_EVERY_MS = 1000;

/** Most sessions of one station in Redis; those whose time runs out first are not counted beyond it. */
export const MAX_STATION_SESSIONS = 200_000;

/** Sessions in one command; bounds how long it holds Redis up. */
const SESSIONS_PER_COMMAND = 500;

/** How long the keys of a station stay when nobody writes them any more, in ms. */
const STATION_TTL_MS = 60_000;

/** The same for listeners of a broadcast until the next count, in ms; it sets the life of the broadcast's record. */
const BROADCAST_TTL_MS = 600_000;

/** Stands for the broadcast's id, which only the script can know, in the names of its keys. */
const ID = '*';

// Requests for media without a session are summed up, a tenth less each second. At the steady rate of one request per
// target duration, which is what a cache asks for at the least, the sum goes to 5.
const FADE_PER_SECOND = 0.9;
const INEXACT_FROM = 4;
const EXACT_BELOW = 1;

// KEYS listeners, audience, live
// ARGV station, countEveryMs, maxSessions, channel, audience and uniques of a broadcast (the id as *), latest time ahead,
// fadePerSecond, inexactFrom, exactBelow, stationTtlMs
const countScript = new Script<Buffer>(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', KEYS[2], 'at', 'text', 'exact', 'sessionless', 'stray')
local since = known[1] and now - tonumber(known[1])
if since and since >= 0 and since < tonumber(ARGV[2]) then return known[2] end

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[1], now + ARGV[7], '+inf')
local count = redis.call('ZCARD', KEYS[1])
local max = tonumber(ARGV[3])
local full = count > max
if full then
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, count - max - 1)
  count = max
end

local fade = math.pow(tonumber(ARGV[8]), math.max(since or 0, 0) / 1000)
local stray = tonumber(known[5] or 0) * fade + tonumber(known[4] or 0)
local exact = not full and stray < tonumber(known[3] == '0' and ARGV[10] or ARGV[9])

local id = redis.call('HGET', KEYS[3], 'broadcastId') or ''
local peak = count
if id ~= '' then
  local audience = (string.gsub(ARGV[5], '%*', id))
  peak = tonumber(redis.call('HGET', audience, 'peak') or 0)
  if count > peak then
    peak = count
    redis.call('HSET', audience, 'peak', peak)
  end
  local ttl = redis.call('PTTL', KEYS[3])
  if ttl > 0 then
    redis.call('PEXPIRE', audience, ttl)
    redis.call('PEXPIRE', (string.gsub(ARGV[6], '%*', id)), ttl)
  end
end

local text = cjson.encode({station = ARGV[1], at = now, count = count, peak = peak, exact = exact, broadcastId = id})
redis.call('HSET', KEYS[2], 'at', now, 'text', text, 'exact', exact and 1 or 0, 'sessionless', 0, 'stray', stray)
redis.call('PEXPIRE', KEYS[2], ARGV[11])
redis.call('PUBLISH', ARGV[4], text)
return text
`);

/** A session to write. */
export type LedgerEntry = {
  session: string;
  /** Until when it counts, on `performance.now()`'s clock. */
  until: number;
  /** The broadcast among whose listeners it has not been written yet; undefined when there is none. */
  newIn: string | undefined;
};

/**
 * The listeners of every station, in Redis, and the one place where they are counted. All times in it are Redis's own:
 * clocks of machines measure spans only.
 */
export class ListenerLedger {
  readonly #handle: RedisHandle;
  readonly #maxSessions: number;
  /** Ms since 1970 on Redis's clock at which `performance.now()` was 0. */
  #epoch: number | undefined;

  constructor(handle: RedisHandle, maxSessions = MAX_STATION_SESSIONS) {
    this.#handle = handle;
    this.#maxSessions = maxSessions;
  }

  /** Learns Redis's time, as exactly as half of a round trip. To be called now and then: it may jump. */
  async readClock(): Promise<void> {
    const asked = performance.now();
    const [seconds = 0, micros = 0] = (await this.#handle.commands.time()).map(Number);
    this.#epoch = seconds * 1000 + micros / 1000 - (asked + performance.now()) / 2;
  }

  /** Writes sessions of a station, and how many requests came without one; one call, or one for every 500 sessions. */
  async write(station: string, entries: readonly LedgerEntry[], sessionless: number): Promise<void> {
    if (this.#epoch === undefined) await this.readClock();
    if (sessionless > 0) await this.#addSessionless(station, sessionless);
    for (let from = 0; from < entries.length; from += SESSIONS_PER_COMMAND) {
      await this.#writeSome(station, entries.slice(from, from + SESSIONS_PER_COMMAND));
    }
  }

  /**
   * Counts a station and tells all processes; the last count when that is less than {@link COUNT_EVERY_MS} old, so that
   * it does not matter how many ask.
   */
  async count(station: string): Promise<StationCount> {
    const { listeners, audience, live } = stationKeys(station);
    const ofBroadcast = broadcastKeys(station, ID);
    const text = await countScript.run(
      this.#handle.commands,
      [listeners, audience, live],
      [
        ...[station, COUNT_EVERY_MS, this.#maxSessions, PRESENCE_CHANNEL, ofBroadcast.audience, ofBroadcast.uniques],
        ...[2 * HEARTBEAT_MS, FADE_PER_SECOND, INEXACT_FROM, EXACT_BELOW, STATION_TTL_MS],
      ],
    );
    const count = parseStationCount(String(text));
    if (count === undefined) throw new Error(`Redis keeps something else than a count of listeners at ${audience}.`);
    return count;
  }

  /** Whether a session counts. */
  async lists(station: string, session: string): Promise<boolean> {
    if (this.#epoch === undefined) await this.readClock();
    const until = await this.#handle.commands.zscore(stationKeys(station).listeners, memberOf(session));
    return until !== null && Number(until) > (this.#epoch ?? 0) + performance.now();
  }

  /** Most listeners at the same time in a broadcast; 0 when there were none or the broadcast is forgotten. */
  async peak(station: string, broadcastId: string): Promise<number> {
    return Number((await this.#handle.commands.hget(broadcastKeys(station, broadcastId).audience, 'peak')) ?? 0);
  }

  /** How many sessions have listened to a broadcast at all, with a standard error of 0.81 %. */
  async unique(station: string, broadcastId: string): Promise<number> {
    return this.#handle.commands.pfcount(broadcastKeys(station, broadcastId).uniques);
  }

  async #addSessionless(station: string, requests: number): Promise<void> {
    const { audience } = stationKeys(station);
    await run(
      this.#handle.commands.pipeline().hincrby(audience, 'sessionless', requests).pexpire(audience, STATION_TTL_MS),
    );
  }

  async #writeSome(station: string, entries: readonly LedgerEntry[]): Promise<void> {
    const { listeners } = stationKeys(station);
    const epoch = this.#epoch ?? 0;
    const scores = entries.flatMap(({ session, until }) => [Math.ceil(epoch + until), memberOf(session)]);
    // Another process may have seen the session later; the later time stays.
    const pipeline = this.#handle.commands.pipeline().call('zadd', [listeners, 'GT', ...scores]);
    pipeline.pexpire(listeners, STATION_TTL_MS);
    for (const [broadcastId, sessions] of newByBroadcast(entries)) {
      const { uniques } = broadcastKeys(station, broadcastId);
      pipeline.pfadd(uniques, ...sessions).pexpire(uniques, BROADCAST_TTL_MS);
    }
    await run(pipeline);
  }
}

function newByBroadcast(entries: readonly LedgerEntry[]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { session, newIn } of entries) {
    if (newIn === undefined) continue;
    const sessions = found.get(newIn);
    if (sessions === undefined) found.set(newIn, [memberOf(session)]);
    else sessions.push(memberOf(session));
  }
  return found;
}

/** All sessions begin with the same sign. */
function memberOf(session: string): string {
  return session.slice(1);
}

/** Rejects with the first error of a command, too. */
async function run(pipeline: { exec(): Promise<[error: Error | null, result: unknown][] | null> }): Promise<void> {
  for (const [error] of (await pipeline.exec()) ?? []) {
    if (error !== null) throw error;
  }
}
