import type { EndReason } from '../contract/index.ts';
import { broadcastKeys, type RedisHandle, Script, type StreamEntry, stationKeys } from '../redis/index.ts';

/** Most entries in a chunk log; the oldest are dropped beyond it (a worker is missing for minutes then). */
export const MAX_CHUNK_LOG_ENTRIES = 6000;

/** How long a chunk log without new entries stays, in ms. */
const CHUNK_LOG_TTL_MS = 600_000;

/** An entry of the chunk log. `id` orders it within its broadcast. */
export type ChunkLogEntry =
  /** A container stream begins; the next chunk starts with its header. */
  | { kind: 'epoch'; id: string; epoch: string; format: string }
  /** Container bytes as received. `capturedAt`: ms since 1970, server's clock, of the chunk's last sample. */
  | { kind: 'chunk'; id: string; epoch: string; seq: number; capturedAt: number; receivedAt: number; payload: Buffer }
  /** The owner or an admin ended the broadcast; nothing follows. */
  | { kind: 'end'; id: string; reason: EndReason };

/** What became of an append. */
export type AppendResult =
  /** Stored, or it had been before. `nextSeq` is what may come next. */
  | { outcome: 'stored' | 'duplicate'; nextSeq: number }
  /** Chunks before it are missing; `nextSeq` is the first of them. */
  | { outcome: 'gap'; nextSeq: number }
  /** The connection is no longer the station's publisher, the epoch is another one, or the broadcast has ended. */
  | { outcome: 'replaced' | 'other_epoch' | 'ended' };

const GUARD = `
if redis.call('HGET', KEYS[1], 'broadcastId') ~= ARGV[1] or redis.call('HGET', KEYS[1], 'state') ~= 'live' then return {'ended', 0} end
if redis.call('HEXISTS', KEYS[1], 'ending') == 1 then return {'ended', 0} end
if redis.call('GET', KEYS[2]) ~= ARGV[2] then return {'replaced', 0} end
`;

// KEYS live, publisher, ingest, chunks · ARGV broadcastId, token, epoch, format, ttl, clientEpoch, firstSeq
const openEpochScript = new Script<[Buffer, number]>(`${GUARD}
redis.call('HSET', KEYS[3], 'epoch', ARGV[3], 'nextSeq', 0, 'clientEpoch', ARGV[6], 'firstSeq', ARGV[7])
redis.call('XADD', KEYS[4], '*', 'k', 'epoch', 'e', ARGV[3], 'f', ARGV[4])
redis.call('PEXPIRE', KEYS[3], ARGV[5])
redis.call('PEXPIRE', KEYS[4], ARGV[5])
return {'stored', 0}
`);

// KEYS live, publisher, ingest, chunks · ARGV broadcastId, token, epoch, seq, capturedAt, receivedAt, payload, maxlen, ttl, clockOffset
const appendScript = new Script<[Buffer, number]>(`${GUARD}
if redis.call('HGET', KEYS[3], 'epoch') ~= ARGV[3] then return {'other_epoch', 0} end
local next = tonumber(redis.call('HGET', KEYS[3], 'nextSeq'))
local seq = tonumber(ARGV[4])
if seq < next then return {'duplicate', next} end
if seq > next then return {'gap', next} end
redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[8], '*', 'k', 'chunk', 'e', ARGV[3], 's', ARGV[4], 'c', ARGV[5], 'r', ARGV[6], 'p', ARGV[7])
redis.call('HSET', KEYS[3], 'nextSeq', seq + 1, 'capturedAt', ARGV[5], 'clockOffset', ARGV[10])
redis.call('PEXPIRE', KEYS[3], ARGV[9])
redis.call('PEXPIRE', KEYS[4], ARGV[9])
return {'stored', seq + 1}
`);

// KEYS live, chunks · ARGV broadcastId, reason
const endScript = new Script<number>(`
if redis.call('HGET', KEYS[1], 'broadcastId') ~= ARGV[1] or redis.call('HGET', KEYS[1], 'state') ~= 'live' then return 0 end
if redis.call('HSETNX', KEYS[1], 'ending', ARGV[2]) == 1 then redis.call('XADD', KEYS[2], '*', 'k', 'end', 'x', ARGV[2]) end
return 1
`);

/** One chunk to be stored. */
export type ChunkAppend = {
  epoch: string;
  seq: number;
  /** Ms since 1970, server's clock, of the chunk's last sample. */
  capturedAt: number;
  /** Ms since 1970, server's clock. */
  receivedAt: number;
  payload: Uint8Array;
  /** Server time minus client time in ms, as far as it is known; kept for the next connection. */
  clockOffsetMs?: number | undefined;
};

/** Where the ingest of a broadcast stands. */
export type IngestPosition = {
  /** The epoch that is open, and what it expects next. */
  epoch: string;
  nextSeq: number;
  /** The epoch and numbers that the client knows: its `firstSeq` is chunk 0 of `epoch`. */
  clientEpoch: string;
  firstSeq: number;
  /** Of the newest chunk, server's clock; undefined before the first. */
  capturedAt: number | undefined;
  /** Server time minus client time in ms as last measured; undefined when it never was. */
  clockOffsetMs: number | undefined;
};

/** An epoch that begins inside what the client takes for one: a container header in the middle of its stream. */
export type ClientNumbering = { clientEpoch: string; firstSeq: number };

/** The writing end of a broadcast's chunk log, for one publisher connection. Every call is fenced by its token. */
export class ChunkLogWriter {
  readonly #handle: RedisHandle;
  readonly #keys: string[];
  readonly #guard: [string, string];

  constructor(handle: RedisHandle, owner: { station: string; broadcastId: string; token: string }) {
    const station = stationKeys(owner.station);
    const broadcast = broadcastKeys(owner.station, owner.broadcastId);
    this.#handle = handle;
    this.#keys = [station.live, station.publisher, broadcast.ingest, broadcast.chunks];
    this.#guard = [owner.broadcastId, owner.token];
  }

  /** Where the ingest stands; undefined before the first epoch. */
  async position(): Promise<IngestPosition | undefined> {
    const hash = await this.#handle.commands.hgetall(this.#keys[2] as string);
    if (hash.epoch === undefined) return undefined;
    const optional = (value: string | undefined) => (value ? Number(value) : undefined);
    return {
      epoch: hash.epoch,
      nextSeq: Number(hash.nextSeq),
      clientEpoch: hash.clientEpoch ?? hash.epoch,
      firstSeq: Number(hash.firstSeq ?? 0),
      capturedAt: optional(hash.capturedAt),
      clockOffsetMs: optional(hash.clockOffset),
    };
  }

  /** Begins a container stream; its chunks count from 0. */
  async openEpoch(epoch: string, format: string, client?: ClientNumbering): Promise<AppendResult> {
    const { clientEpoch, firstSeq } = client ?? { clientEpoch: epoch, firstSeq: 0 };
    const values = [...this.#guard, epoch, format, CHUNK_LOG_TTL_MS, clientEpoch, firstSeq];
    return toResult(await openEpochScript.run(this.#handle.commands, this.#keys, values));
  }

  /** Stores a chunk; once this settles with `stored` it may be acknowledged. */
  async append({ epoch, seq, capturedAt, receivedAt, payload, clockOffsetMs }: ChunkAppend): Promise<AppendResult> {
    const chunk = [epoch, seq, capturedAt, receivedAt, payload];
    const values = [...this.#guard, ...chunk, MAX_CHUNK_LOG_ENTRIES, CHUNK_LOG_TTL_MS, clockOffsetMs ?? ''];
    return toResult(await appendScript.run(this.#handle.commands, this.#keys, values));
  }
}

/**
 * Asks the worker to end a broadcast once all chunks before are on air; from here on nothing more is stored. The first
 * reason stays. False when it is not live.
 */
export async function appendEnd(
  handle: RedisHandle,
  broadcast: { station: string; broadcastId: string },
  reason: EndReason,
): Promise<boolean> {
  const keys = [stationKeys(broadcast.station).live, broadcastKeys(broadcast.station, broadcast.broadcastId).chunks];
  return (await endScript.run(handle.commands, keys, [broadcast.broadcastId, reason])) === 1;
}

/** Reads an entry back from Redis; undefined for one of a kind this version does not know. */
export function parseChunkLogEntry({ id, fields }: StreamEntry): ChunkLogEntry | undefined {
  const text = (name: string) => String(fields.get(name) ?? '');
  switch (text('k')) {
    case 'epoch':
      return { kind: 'epoch', id, epoch: text('e'), format: text('f') };
    case 'chunk':
      return {
        kind: 'chunk',
        id,
        epoch: text('e'),
        seq: Number(text('s')),
        capturedAt: Number(text('c')),
        receivedAt: Number(text('r')),
        payload: fields.get('p') ?? Buffer.alloc(0),
      };
    case 'end':
      return { kind: 'end', id, reason: text('x') as EndReason };
    default:
      return undefined;
  }
}

function toResult([outcome, nextSeq]: [Buffer, number]): AppendResult {
  return { outcome: String(outcome), nextSeq } as AppendResult;
}
