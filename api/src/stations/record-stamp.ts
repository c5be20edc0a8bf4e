import { type RedisHandle, Script } from '@awaz/infra/redis';

// KEYS records · ARGV id, field, ms since 1970. Sets a time of a record; 0 when there is no such record.
const stampScript = new Script<number>(`
local text = redis.call('HGET', KEYS[1], ARGV[1])
if not text then return 0 end
local record = cjson.decode(text)
if ARGV[2] == 'revokedAt' and record.revokedAt and record.revokedAt <= tonumber(ARGV[3]) then return 1 end
record[ARGV[2]] = tonumber(ARGV[3])
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(record))
return 1
`);

/** A time that is noted in a record. */
export type RecordStamp = {
  id: string;
  /** `revokedAt` is only ever made earlier, the others are replaced. */
  field: 'lastUsedAt' | 'revokedAt';
  /** Ms since 1970. */
  at: number;
};

/** Notes a time in one of the records (JSON by id) of a Redis hash, in one step; false when it is not there. */
export async function stampRecord(handle: RedisHandle, key: string, { id, field, at }: RecordStamp): Promise<boolean> {
  return (await stampScript.run(handle.commands, [key], [id, field, at])) === 1;
}
