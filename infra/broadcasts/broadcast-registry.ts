import { randomBytes } from 'node:crypto';
import type { Cut, EndReason, LateAudio, Rung } from '../contract/index.ts';
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

/** Wish to be the publisher of a station. */
export type OpenRequest = {
  /** Token of the connection, from {@link publisherToken}. */
  token: string;
  /** Take the station even when another publisher holds it. */
  takeover: boolean;
  /** Only this broadcast will do, and with an epoch only while that one is open; replaces its own predecessor. */
  resume?: { broadcastId: string; epoch?: string };
  /** Facts of the broadcast if a new one begins. */
  ladder: Rung[];
  cut: Cut;
  /** Whether its playlists list parts; they do when left out. */
  lowLatency?: boolean;
  /** Whether peaks are limited; they are when left out. */
  limiter?: boolean;
  /** What becomes of audio that comes after its place was filled; dropped when left out. */
  lateAudio?: LateAudio;
  /** Index in the ladder of the rendition to record; nothing is recorded when left out. */
  recordedRung?: number | undefined;
  openedBy: string;
};

/** Answer to an {@link OpenRequest}. */
export type OpenResult =
  | { outcome: 'opened' | 'continued'; record: LiveRecord; replacedToken: string | undefined }
  /** Another publisher holds the station. */
  | { outcome: 'busy' }
  /** The last broadcast has been told to end and still flushes. */
  | { outcome: 'ending' }
  /** The broadcast to resume is not live, or another epoch of it is open by now. */
  | { outcome: 'no_broadcast' | 'other_epoch' };

/** A new token for a publisher's connection; it tells by which stream key or account (`openedBy`) it publishes. */
export function publisherToken(openedBy: string): string {
  return `${openedBy}:${randomBytes(12).toString('hex')}`;
}

/** Who is on air, who publishes, and the end of broadcasts. Stateless; the truth is in Redis. */
export class BroadcastRegistry {
  readonly #handle: RedisHandle;

  constructor(handle: RedisHandle) {
    this.#handle = handle;
  }

  /** The current broadcast, or the last one while its media stays. */
  async get(station: string): Promise<LiveRecord | undefined> {
    return parseLiveRecord(await this.#handle.commands.hgetall(stationKeys(station).live));
  }

  /** Becomes the station's publisher, and begins a broadcast when none is live. */
  async open(station: string, request: OpenRequest): Promise<OpenResult> {
    const keys = stationKeys(station);
    const { broadcastId = '', epoch = '' } = request.resume ?? {};
    const fresh: LiveRecord = {
      station,
      broadcastId: `b${randomBytes(8).toString('hex')}`, // BullMQ refuses ids made of digits only
      state: 'live',
      startedAt: Date.now(),
      onAir: false,
      ladder: request.ladder,
      cut: request.cut,
      lowLatency: request.lowLatency ?? true,
      limiter: request.limiter ?? true,
      lateAudio: request.lateAudio ?? 'drop',
      recordedRung: request.recordedRung,
      openedBy: request.openedBy,
    };
    const fields = Object.entries(liveRecordFields(fresh)).flat();
    const takeover = request.takeover ? '1' : '0';
    const [answer, holder] = await openScript.run(
      this.#handle.commands,
      [keys.live, keys.publisher, broadcastKeys(station, broadcastId).ingest],
      [request.token, PUBLISHER_LEASE_MS, takeover, RECORD_TTL_MS, broadcastId, epoch, request.openedBy, ...fields],
    );
    const outcome = String(answer) as OpenResult['outcome'];
    if (outcome !== 'opened' && outcome !== 'continued') return { outcome };
    const record = (await this.get(station)) ?? fresh;
    const replaced = String(holder);
    return { outcome, record, replacedToken: replaced === '' || replaced === request.token ? undefined : replaced };
  }

  /**
   * Takes back a lease that ran out (Redis or this node was away for long), if nobody else has published since. False
   * when another publisher or epoch came, or the broadcast is over.
   */
  async reclaim(station: string, lost: { broadcastId: string; epoch: string; token: string }): Promise<boolean> {
    const keys = stationKeys(station);
    const answer = await reclaimScript.run(
      this.#handle.commands,
      [keys.live, keys.publisher, broadcastKeys(station, lost.broadcastId).ingest],
      [lost.broadcastId, lost.token, lost.epoch, PUBLISHER_LEASE_MS],
    );
    return answer === 1;
  }

  /**
   * Notes that audio of the broadcast's own is published, and tells everybody with `stream:started`, once. Called by the
   * worker that owns it; saying it again does no harm.
   */
  async markOnAir(station: string, broadcastId: string): Promise<void> {
    await announceStarted(this.#handle, station, broadcastId);
  }

  /** Keeps the publisher's lease; false when another one holds it by now. */
  async renew(station: string, token: string): Promise<boolean> {
    const keys = stationKeys(station);
    const answer = await renewScript.run(
      this.#handle.commands,
      [keys.publisher, keys.live],
      [token, PUBLISHER_LEASE_MS, RECORD_TTL_MS],
    );
    return answer === 1;
  }

  /** Gives the publisher's lease back, if it is still this token's. */
  async release(station: string, token: string): Promise<void> {
    await releaseScript.run(this.#handle.commands, [stationKeys(station).publisher], [token]);
  }

  /** Whether anybody holds the publisher's lease. */
  async hasPublisher(station: string): Promise<boolean> {
    return (await this.#handle.commands.exists(stationKeys(station).publisher)) === 1;
  }

  /**
   * Marks a broadcast as ended, lets its keys go after {@link MEDIA_AFTER_END_MS} and tells everybody with
   * `stream:stopped`. Called by the worker that owns the broadcast, after its last part. False when it had ended before.
   */
  async end(station: string, broadcastId: string, reason: EndReason): Promise<boolean> {
    const end = { broadcastId, reason, endedAt: Date.now(), ttlMs: MEDIA_AFTER_END_MS };
    return announceStopped(this.#handle, station, end);
  }
}
