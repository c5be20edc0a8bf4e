import { randomBytes } from 'node:crypto';
import type { Cut, EndReason, Rung } from '../contract/index.ts';
import { broadcastKeys, type RedisHandle, Script, stationKeys } from '../redis/index.ts';
import { announceStarted, announceStopped } from './broadcast-news.ts';
import { type LiveRecord, liveRecordFields, parseLiveRecord } from './live-record.ts';

/** How long playlists and media stay after the end of a broadcast, in ms (INTERFACE: 60 s). */
export const MEDIA_AFTER_END_MS = 60_000;

/** Life of a publisher's lease between two renewals, in ms: how long a station stays busy after its node was killed. */
export const PUBLISHER_LEASE_MS = 5000;

/** How long the record of a broadcast that nobody renews stays, in ms. */
const RECORD_TTL_MS = 600_000;

// KEYS live, publisher, ingest of the broadcast to resume
// ARGV token, leaseMs, takeover, recordTtlMs, resumed broadcastId, resumed epoch, openedBy, fields…
// Answer: {outcome, the replaced token}
const openScript = new Script<[Buffer, Buffer]>(`
local state = redis.call('HGET', KEYS[1], 'state')
local ending = state == 'live' and redis.call('HEXISTS', KEYS[1], 'ending') == 1
local holder = redis.call('GET', KEYS[2])
local own = false
if ARGV[5] ~= '' then
  if state ~= 'live' or ending or redis.call('HGET', KEYS[1], 'broadcastId') ~= ARGV[5] then return {'no_broadcast', ''} end
  if ARGV[6] ~= '' and redis.call('HGET', KEYS[3], 'clientEpoch') ~= ARGV[6] then return {'other_epoch', ''} end
  own = ARGV[6] ~= '' or (holder and string.sub(holder, 1, #ARGV[7] + 1) == ARGV[7] .. ':')
end
if ending then return {'ending', ''} end
if holder and holder ~= ARGV[1] and ARGV[3] ~= '1' and not own then return {'busy', ''} end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
if state == 'live' then return {'continued', holder or ''} end
redis.call('DEL', KEYS[1])
for i = 8, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {'opened', holder or ''}
`);

// KEYS live, publisher, ingest · ARGV broadcastId, token, epoch, leaseMs
const reclaimScript = new Script<number>(`
if redis.call('HGET', KEYS[1], 'broadcastId') ~= ARGV[1] or redis.call('HGET', KEYS[1], 'state') ~= 'live' then return 0 end
if redis.call('HGET', KEYS[3], 'epoch') ~= ARGV[3] then return 0 end
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[4])
return 1
`);

// KEYS publisher, live · ARGV token, leaseMs, recordTtlMs
const renewScript = new Script<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
if redis.call('HGET', KEYS[2], 'state') == 'live' then redis.call('PEXPIRE', KEYS[2], ARGV[3]) end
return 1
`);

const releaseScript = new Script<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`);

    const end = { broadcastId, reason, endedAt: Date.now(), ttlMs: MEDIA_AFTER_END_MS };
    return announceStopped(this.#handle, station, end);
