import { multivariantPath } from '../contract/index.ts';
import { APPEND_EVENT_LUA, appendEventArguments, appendEventKeys } from '../events/index.ts';
import { type RedisHandle, Script, stationKeys } from '../redis/index.ts';
import { NEWS_LUA, tellDirectory } from './broadcast-news.ts';

// KEYS live, station, events, head · ARGV station, url, now, epoch, channel
// Answer: {event, what it is about, body}, empty texts when the directory knows how it is. Said again, it answers the same.
// `startedNews` is what the directory was told last: whoever ends the broadcast tells it of the end when it is not empty.
const listingScript = new Script<[Buffer, Buffer, Buffer]>(`${APPEND_EVENT_LUA}${NEWS_LUA}
local live = redis.call('HMGET', KEYS[1], 'broadcastId', 'state', 'onAir', 'startedAt', 'startedNews', 'listings', 'listingNews')
if live[2] ~= 'live' or live[3] ~= '1' or not live[5] then return {'', '', ''} end
local station = redis.call('HMGET', KEYS[2], 'title', 'host', 'public')
local is_listed, turn = live[5] ~= '', tonumber(live[6] or '0')
local event = station[3] == '1' and 'stream:started' or 'stream:stopped'
local news = live[7] or ''
if (station[3] == '1') ~= is_listed then
  turn = turn + 1
  local place = current_head(3, 4)
  if is_listed then
    news = listed(ARGV[1], place, '"broadcastId":"' .. live[1] .. '","reason":"ended_by_owner","at":' .. ARGV[3] .. '}')
  else
    news = listed(ARGV[1], place, started_body(station, live[1], live[4], ARGV[1], ARGV[2]))
  end
  redis.call('HSET', KEYS[1], 'startedNews', is_listed and '' or news, 'listings', turn, 'listingNews', news)
end
return {event, live[1] .. ':' .. turn, news}
`);

/**
 * Tells the directory of a station on air that was made private or public: as stopped or started, with no more than was
 * told before. Those who follow the station itself hear nothing. Call it after each change; saying it again changes
 * nothing and makes up for a directory that was not told. Rejects when Redis does not answer.
 */
export async function announceListing(handle: RedisHandle, station: string): Promise<void> {
  const keys = stationKeys(station);
  const [event, about, body] = await listingScript.run(
    handle.commands,
    [keys.live, keys.station, ...appendEventKeys(station)],
    [station, multivariantPath(station), Date.now(), ...appendEventArguments(station)],
  );
  if (body.length === 0) return;
  await tellDirectory(handle, {
    event: String(event) as 'stream:started' | 'stream:stopped',
    about: String(about),
    body,
  });
  await tellEndAgain(handle, { station, about: String(about) });
}

/** The end may have overtaken the news that it is listed again; then it is told once more, after it. */
async function tellEndAgain(handle: RedisHandle, { station, about }: { station: string; about: string }) {
  const [state, body] = await handle.commands.hmget(stationKeys(station).live, 'state', 'stoppedNews');
  if (state !== 'ended' || !body) return;
  await tellDirectory(handle, { event: 'stream:stopped', about, body: Buffer.from(body) });
}
