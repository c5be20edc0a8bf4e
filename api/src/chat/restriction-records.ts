import type { ChatHold, ChatRestriction } from '@awaz/infra/contract';
import { chatKeys, type RedisHandle, Script } from '@awaz/infra/redis';

/** Mutes and bans of one station, those by address among them. */
export const MAX_RESTRICTIONS = 5000;

/** A mute or ban as Redis keeps it: at `mute:ID` or `ban:ID`, and at `ban:~KEY` for where its target came from. */
export type RestrictionRecord = Omit<ChatRestriction, 'address'> & {
  /** Key of the address; see `AddressKey`. */
  address?: string;
};

// KEYS station, restrictions, people · ARGV record without times, name and address; ms, 0 for good; whether by address
export const restrictScript = new Script<Buffer>(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 'unknown_station' end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local record = cjson.decode(ARGV[1])
local person = redis.call('HGET', KEYS[3], record.target)
person = person and cjson.decode(person) or {name = ''}
record.name = person.name
record.at = now
record.expiresAt = ARGV[2] == '0' and cjson.null or now + ARGV[2]
if ARGV[3] == '1' then
  if not person.address then return 'unknown_address' end
  record.address = person.address
end

if redis.call('HLEN', KEYS[2]) + 2 > ${MAX_RESTRICTIONS} then
  local all = redis.call('HGETALL', KEYS[2])
  for i = 1, #all, 2 do
    local expires = cjson.decode(all[i + 1]).expiresAt
    if expires ~= cjson.null and expires <= now then redis.call('HDEL', KEYS[2], all[i]) end
  end
  if redis.call('HLEN', KEYS[2]) + 2 > ${MAX_RESTRICTIONS} then return 'full' end
end
local text = cjson.encode(record)
redis.call('HSET', KEYS[2], record.kind .. ':' .. record.target, text)
if record.address then redis.call('HSET', KEYS[2], 'ban:~' .. record.address, text) end
return text
`);

// KEYS restrictions · ARGV target, kinds…; returns what was lifted; what has ended is no more than swept away
export const liftScript = new Script<Buffer[]>(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lifted = {}
for i = 2, #ARGV do
  local field = ARGV[i] .. ':' .. ARGV[1]
  local text = redis.call('HGET', KEYS[1], field)
  if text then
    redis.call('HDEL', KEYS[1], field)
    local record = cjson.decode(text)
    if record.expiresAt == cjson.null or record.expiresAt > now then lifted[#lifted + 1] = text end
    local address = record.address
    local other = address and redis.call('HGET', KEYS[1], 'ban:~' .. address)
    if other and cjson.decode(other).target == ARGV[1] then redis.call('HDEL', KEYS[1], 'ban:~' .. address) end
  end
end
return lifted
`);

/** What holds a person back now, the same as the script that keeps messages finds. */
export async function readHold(
  { commands }: RedisHandle,
  station: string,
  { id, addressKey }: { id: string; addressKey: string },
): Promise<ChatHold | undefined> {
  const texts = await commands.hmget(
    chatKeys(station).restrictions,
    ...[`ban:${id}`, `ban:~${addressKey}`, `mute:${id}`],
  );
  const now = Date.now();
  const records = texts.flatMap((text) => (text === null ? [] : [readRecord(text)]));
  const held = records.find(({ expiresAt }) => expiresAt === null || expiresAt > now);
  return held === undefined ? undefined : { kind: held.kind, until: held.expiresAt };
}

/** Reads a record. */
export function readRecord(text: string): RestrictionRecord {
  return JSON.parse(text) as RestrictionRecord;
}
