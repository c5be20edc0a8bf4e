import { broadcastKeys, LIKES_CHANNEL, type RedisHandle, Script, stationKeys } from '@awaz/infra/redis';

/** Media time that likes are counted together for, in ms. */
export const LIKE_SPAN_MS = 10_000;

/** Spans that are kept of one broadcast: the newest day. */
export const MAX_LIKE_SPANS = 8640;

/** How long the likes of a broadcast stay after somebody liked it or looked at them, in ms. */
const LIKES_TTL_MS = 24 * 3_600_000;

/** Stands for the broadcast's id, which only the script can know, in the name of its key. */
const ID = '*';

// KEYS live · ARGV station, channel, likes of a broadcast (the id as *), count, then span and count, …
const likeScript = new Script<Buffer>(`
local live = redis.call('HMGET', KEYS[1], 'broadcastId', 'state')
local id, is_live = live[1] or '', live[2] == 'live'
local likes = (string.gsub(ARGV[3], '%*', id))
local added = is_live and tonumber(ARGV[4]) or 0
local total = 0
if added > 0 then
  total = redis.call('HINCRBY', likes, 'total', added)
  for i = 5, #ARGV, 2 do redis.call('HINCRBY', likes, ARGV[i], ARGV[i + 1]) end
  local over = redis.call('HLEN', likes) - 1 - ${MAX_LIKE_SPANS}
  if over > 0 then
    local spans = {}
    for _, field in ipairs(redis.call('HKEYS', likes)) do spans[#spans + 1] = tonumber(field) end
    table.sort(spans)
    for i = 1, over do redis.call('HDEL', likes, string.format('%.0f', spans[i])) end
  end
else
  total = tonumber(redis.call('HGET', likes, 'total') or '0')
end
redis.call('PEXPIRE', likes, ${LIKES_TTL_MS})
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local text = cjson.encode({station = ARGV[1], broadcastId = id, live = is_live, count = total, at = now})
if added > 0 then redis.call('PUBLISH', ARGV[2], text) end
return text
`);

/** How often a broadcast was liked. */
export type LikeTotal = {
  station: string;
  /** Empty when there is no broadcast, on air or of lately. */
  broadcastId: string;
  live: boolean;
  count: number;
  /** Redis's time, ms since 1970. */
  at: number;
};

/** Likes of one span of media time. */
export type LikeSpan = {
  /** Programme date-time at which the span begins, ms since 1970. */
  from: number;
  count: number;
};

/** Likes that wait to be written: how many, and in which spans (number of the span since 1970 to count). */
export type UnwrittenLikes = { count: number; spans: Map<number, number> };

/** The likes of broadcasts, in Redis. Stateless. */
export class LikeLedger {
  readonly #handle: RedisHandle;

  constructor(handle: RedisHandle) {
    this.#handle = handle;
  }

  /** Adds likes to the broadcast on air in one command and tells all processes; they are dropped when none is. */
  write(station: string, { count, spans }: UnwrittenLikes): Promise<LikeTotal> {
    return this.#run(station, [count, ...[...spans].flat()]);
  }

  /** The likes of the broadcast on air, or of the last one while it is remembered. */
  read(station: string): Promise<LikeTotal> {
    return this.#run(station, [0]);
  }

  /** Likes along the media time of a broadcast, the oldest first; only spans that have some. */
  async spans(station: string, broadcastId: string): Promise<LikeSpan[]> {
    const { total: _, ...spans } = await this.#handle.commands.hgetall(broadcastKeys(station, broadcastId).likes);
    return Object.entries(spans)
      .map(([span, count]) => ({ from: Number(span) * LIKE_SPAN_MS, count: Number(count) }))
      .sort((a, b) => a.from - b.from);
  }

  async #run(station: string, counts: number[]): Promise<LikeTotal> {
    const values = [station, LIKES_CHANNEL, broadcastKeys(station, ID).likes, ...counts];
    const text = await likeScript.run(this.#handle.commands, [stationKeys(station).live], values);
    return JSON.parse(String(text)) as LikeTotal;
  }
}
