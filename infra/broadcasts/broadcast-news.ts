import { type EndReason, multivariantPath } from '../contract/index.ts';
import { APPEND_EVENT_LUA, appendEventArguments, appendEventKeys } from '../events/index.ts';
import {
  broadcastKeys,
  DIRECTORY_TOPIC,
  directoryToldKey,
  type RedisHandle,
  Script,
  stationKeys,
} from '../redis/index.ts';

/** How long the directory remembers what it was told of a broadcast, in ms; the same news may come again until then. */
const TOLD_TTL_MS = 24 * 3_600_000;

/**
 * Lua: `started_body(station, broadcastId, startedAt, slug, url)` is the body of `stream:started` without its opening
 * bracket; `station` holds title and host. `listed(slug, place, body)` is a body as the directory is told it.
 */
export const NEWS_LUA = `
local function started_body(station, broadcast, startedAt, slug, url)
  local host = station[2] and station[2] ~= '' and cjson.encode(station[2]) or 'null'
  return '"broadcastId":"' .. broadcast .. '","title":' .. cjson.encode(station[1] or slug) .. ',"host":' .. host
    .. ',"startedAt":' .. startedAt .. ',"url":"' .. url .. '"}'
end
local function listed(slug, place, body)
  return '{"station":"' .. slug .. '","id":"' .. place[1] .. '-' .. string.format('%.0f', place[2]) .. '",' .. body
end
`;

// KEYS live, station, events, head · ARGV broadcastId, station, url, epoch, channel
// Answer: the news for the directory, empty when there is none. Said again, it changes nothing and answers the same.
const startedScript = new Script<Buffer>(`${APPEND_EVENT_LUA}${NEWS_LUA}
local live = redis.call('HMGET', KEYS[1], 'broadcastId', 'state', 'onAir', 'startedAt', 'startedNews', 'listings')
if live[1] ~= ARGV[1] or live[2] ~= 'live' then return '' end
if live[3] then return not live[6] and live[5] or '' end
local station = redis.call('HMGET', KEYS[2], 'title', 'host', 'public')
local body = started_body(station, ARGV[1], live[4], ARGV[2], ARGV[3])
local place = append_event(3, 4, 'stream:started', '{' .. body)
local news = ''
if station[3] == '1' then news = listed(ARGV[2], place, body) end
redis.call('HSET', KEYS[1], 'onAir', '1', 'startedNews', news)
return news
`);

// KEYS live, chunks, ingest, parts, meta, titles, events, head · ARGV broadcastId, station, endedAt, reason, ttlMs, epoch, channel
// Answer: {1 when it ended now, the news for the directory}. Who heard that it started hears that it stopped.
const stoppedScript = new Script<[number, Buffer]>(`${APPEND_EVENT_LUA}${NEWS_LUA}
local live = redis.call('HMGET', KEYS[1], 'broadcastId', 'state', 'onAir', 'startedNews', 'stoppedNews')
if live[1] ~= ARGV[1] then return {0, ''} end
if live[2] ~= 'live' then return {0, live[5] or ''} end
redis.call('HSET', KEYS[1], 'state', 'ended', 'endedAt', ARGV[3], 'reason', ARGV[4])
local news = ''
if live[3] then
  local body = '"broadcastId":"' .. ARGV[1] .. '","reason":"' .. ARGV[4] .. '","at":' .. ARGV[3] .. '}'
  local place = append_event(7, 6, 'stream:stopped', '{' .. body)
  if live[4] and live[4] ~= '' then
    news = listed(ARGV[2], place, body)
    redis.call('HSET', KEYS[1], 'stoppedNews', news)
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('DEL', KEYS[2], KEYS[3], KEYS[6])
redis.call('PEXPIRE', KEYS[4], ARGV[5])
redis.call('PEXPIRE', KEYS[5], ARGV[5])
return {1, news}
`);

// KEYS told, events, head · ARGV event, body, ttlMs, epoch, channel
const directoryScript = new Script<number>(`${APPEND_EVENT_LUA}
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
append_event(2, 4, ARGV[1], ARGV[2])
redis.call('SET', KEYS[1], '1', 'PX', ARGV[3])
return 1
`);

/** News for the directory; `about` names what it is told of, so that it is told once. */
export type DirectoryNews = { event: 'stream:started' | 'stream:stopped'; about: string; body: Buffer };

/**
 * Marks a broadcast as on air and keeps `stream:started`, in one step; then tells the directory if the station is
 * public. Said again, it only makes up for a directory that was not told. Rejects when Redis does not answer.
 */
export async function announceStarted(handle: RedisHandle, station: string, broadcastId: string): Promise<void> {
  const keys = stationKeys(station);
  const body = await startedScript.run(
    handle.commands,
    [keys.live, keys.station, ...appendEventKeys(station)],
    [broadcastId, station, multivariantPath(station), ...appendEventArguments(station)],
  );
  await tellDirectory(handle, { event: 'stream:started', about: broadcastId, body });
}

/** How a broadcast ends. */
export type BroadcastEnd = { broadcastId: string; reason: EndReason; endedAt: number; ttlMs: number };

/**
 * Marks a broadcast as ended, lets its keys go after `ttlMs` and keeps `stream:stopped` if it was on air, in one step;
 * then tells the directory if it knows of it. False when it had ended before. Rejects when Redis does not answer.
 */
export async function announceStopped(handle: RedisHandle, station: string, end: BroadcastEnd): Promise<boolean> {
  const { broadcastId, reason, endedAt, ttlMs } = end;
  const keys = broadcastKeys(station, broadcastId);
  const [ended, body] = await stoppedScript.run(
    handle.commands,
    [
      stationKeys(station).live,
      keys.chunks,
      keys.ingest,
      keys.parts,
      keys.meta,
      keys.titles,
      ...appendEventKeys(station),
    ],
    [broadcastId, station, endedAt, reason, ttlMs, ...appendEventArguments(station)],
  );
  await tellDirectory(handle, { event: 'stream:stopped', about: broadcastId, body });
  return Number(ended) === 1;
}

/** Tells the directory, if there is a body and it was not told before. Rejects when Redis does not answer. */
export async function tellDirectory(handle: RedisHandle, { event, about, body }: DirectoryNews): Promise<void> {
  if (body.length === 0) return;
  const keys = [directoryToldKey(event, about), ...appendEventKeys(DIRECTORY_TOPIC)];
  await directoryScript.run(handle.commands, keys, [
    event,
    body,
    TOLD_TTL_MS,
    ...appendEventArguments(DIRECTORY_TOPIC),
  ]);
}
