import { APPEND_EVENT_LUA, appendEventArguments, appendEventKeys } from '@awaz/infra/events';
import { chatKeys, chatSentKey, type RedisHandle, Script, stationKeys } from '@awaz/infra/redis';
import { HISTORY_MS, MAX_HISTORY_MESSAGES, MAX_REMEMBERED_PEOPLE } from './chat-limits.ts';

/** How long a message is known by the key of its writer's, in ms. */
const SENT_MS = 120_000;

/** Messages of the history looked at for their age with each new one. */
const AGED_PER_MESSAGE = 5;

// KEYS station, settings, restrictions, people, spoke, history, events, head, sent
// ARGV epoch, channel, settings version, person, address key, whether nothing holds them up, body without id and time,
// what is remembered of the person, whether the writer gave a key
const keepScript = new Script<RawOutcome>(`${APPEND_EVENT_LUA}
if redis.call('EXISTS', KEYS[1]) == 0 then return {'unknown_station'} end
if ARGV[9] == '1' then
  local id, at = string.match(redis.call('GET', KEYS[9]) or '', '^(%S+) (%d+)$')
  if id then return {'kept', id, tonumber(at)} end
end
local settings = redis.call('HMGET', KEYS[2], 'version', 'slowSeconds')
if (settings[1] or '') ~= ARGV[3] then return {'stale'} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

if ARGV[6] ~= '1' then
  local ban, mute = 'ban:', 'mute:'
  local found = redis.call('HMGET', KEYS[3], ban .. ARGV[4], ban .. '~' .. ARGV[5], mute .. ARGV[4])
  for i = 1, 3 do
    if found[i] then
      local record = cjson.decode(found[i])
      local expires = record.expiresAt
      if expires == cjson.null then return {record.kind} end
      if expires > now then return {record.kind, expires - now} end
    end
  end
  local slow = tonumber(settings[2] or '0') * 1000
  local spoke = slow > 0 and redis.call('ZSCORE', KEYS[5], ARGV[4])
  local since = spoke and now - tonumber(spoke)
  if since and since >= 0 and since < slow then return {'slow', slow - since} end
end

local id, body
local head = append_event(7, 1, 'chat:message', function(place)
  id = place
  body = '{"id":"' .. place .. '","at":' .. string.format('%.0f', now) .. ',' .. string.sub(ARGV[7], 2)
  return body
end)

if head[2] == 1 then redis.call('DEL', KEYS[6]) end
redis.call('XADD', KEYS[6], 'MAXLEN', ${MAX_HISTORY_MESSAGES}, string.format('%.0f-0', head[2]), 'body', body)
for _, entry in ipairs(redis.call('XRANGE', KEYS[6], '-', '+', 'COUNT', ${AGED_PER_MESSAGE})) do
  local at = tonumber(string.match(entry[2][2], '^{"id":"[^"]*","at":(%d+)') or '0')
  if at < now - ${HISTORY_MS} then redis.call('XDEL', KEYS[6], entry[1]) end
end

redis.call('HSET', KEYS[4], ARGV[4], ARGV[8])
redis.call('ZADD', KEYS[5], now, ARGV[4])
local over = redis.call('ZCARD', KEYS[5]) - ${MAX_REMEMBERED_PEOPLE}
if over > 0 then
  local forgotten = redis.call('ZPOPMIN', KEYS[5], over)
  for i = 1, #forgotten, 2 do redis.call('HDEL', KEYS[4], forgotten[i]) end
end
for i = 4, 6 do redis.call('PEXPIRE', KEYS[i], ${HISTORY_MS}) end
if ARGV[9] == '1' then redis.call('SET', KEYS[9], id .. ' ' .. string.format('%.0f', now), 'PX', ${SENT_MS}) end
return {'kept', id, now}
`);

type RawOutcome = [outcome: Buffer, idOrMs?: Buffer | number, at?: number];

/** A message to keep. */
export type MessageToKeep = {
  station: string;
  /** Version of the settings that it was checked against. */
  version: string;
  person: string;
  addressKey: string;
  /** Whether neither slow mode nor mutes and bans hold its writer up. */
  isExempt: boolean;
  /** Body of the event without `id` and `at`; its first field is not left out. */
  body: object;
  /** What is remembered of the person. */
  record: object;
  /** By which the writer knows it; the same one again brings the first outcome. */
  key?: string | undefined;
};

/** What became of it. */
export type KeepOutcome =
  | { outcome: 'kept'; id: string; at: number }
  /** The settings have changed: check it again. */
  | { outcome: 'stale' | 'unknown_station' }
  | { outcome: 'slow'; retryAfterMs: number }
  /** For good when `retryAfterMs` is left out. */
  | { outcome: 'ban' | 'mute'; retryAfterMs?: number };

/**
 * Keeps a message in one step, if nothing stands against it: tells all nodes, and remembers it in the history and its
 * writer among the people. Rejects with Redis's own error.
 */
export async function keepMessage(handle: RedisHandle, message: MessageToKeep): Promise<KeepOutcome> {
  const { station, version, person, addressKey, isExempt, body, record, key } = message;
  const { settings, restrictions, people, spoke, history } = chatKeys(station);
  const keys = [stationKeys(station).station, settings, restrictions, people, spoke, history];
  const raw = await keepScript.run(
    handle.commands,
    [...keys, ...appendEventKeys(station), chatSentKey(station, person, key ?? '')],
    [
      ...appendEventArguments(station),
      ...[version, person, addressKey, isExempt ? 1 : 0, JSON.stringify(body), JSON.stringify(record)],
      key === undefined ? 0 : 1,
    ],
  );
  return outcomeOf(raw);
}

function outcomeOf([raw, idOrMs, at]: RawOutcome): KeepOutcome {
  const outcome = String(raw) as KeepOutcome['outcome'];
  if (outcome === 'kept') return { outcome, id: String(idOrMs), at: Number(at) };
  if (outcome === 'slow') return { outcome, retryAfterMs: Number(idOrMs) };
  if (outcome === 'ban' || outcome === 'mute') {
    return idOrMs === undefined ? { outcome } : { outcome, retryAfterMs: Number(idOrMs) };
  }
  return { outcome };
}
