import type { Redis } from 'ioredis';
import type { RedisHandle } from './connection.ts';

/** One entry of a Redis Stream with binary values. */
export type StreamEntry = {
  /** Redis's id, `ms-n`. */
  id: string;
  /** Field names to raw values. */
  fields: Map<string, Buffer>;
};

type RawEntry = [Buffer, Buffer[]];

/** How many entries one read may bring; bounds the memory of one answer. */
const READ_COUNT = 128;

/** How long one blocking read waits before it is made anew, in ms. */
const BLOCK_MS = 5000;

/** Turns a raw entry of `XRANGE` or `XREAD` into a {@link StreamEntry}. */
export function parseStreamEntry([id, flat]: RawEntry): StreamEntry {
  const fields = new Map<string, Buffer>();
  for (let i = 0; i + 1 < flat.length; i += 2) fields.set(String(flat[i]), flat[i + 1] as Buffer);
  return { id: id.toString(), fields };
}

/** Entries of `key` between two ids, both inclusive (`(id` excludes, `-` and `+` are the ends). */
export async function readStream(
  redis: Redis,
  key: string,
  range: { from: string; to: string; count?: number },
): Promise<StreamEntry[]> {
  const count = range.count === undefined ? [] : ['COUNT', range.count];
  const raw = (await redis.callBuffer('xrange', [key, range.from, range.to, ...count])) as RawEntry[];
  return raw.map(parseStreamEntry);
}

/**
 * Yields batches of entries of a stream after `afterId`, waiting for new ones, on a connection of its own, until the
 * signal is aborted (then it returns). Redis going away is waited out.
 */
export async function* tailStream(
  handle: RedisHandle,
  { key, afterId, signal }: { key: string; afterId: string; signal: AbortSignal },
): AsyncGenerator<StreamEntry[]> {
  if (signal.aborted) return;
  const redis = handle.connect('patient');
  const stop = () => redis.disconnect();
  signal.addEventListener('abort', stop, { once: true });
  let last = afterId;
  try {
    while (!signal.aborted) {
      const entries = await readBlocking(redis, key, last).catch((error: unknown) => {
        if (signal.aborted || redis.status === 'end') return undefined;
        throw error;
      });
      if (entries === undefined) return;
      const newest = entries.at(-1);
      if (newest === undefined) continue;
      last = newest.id;
      yield entries;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    redis.disconnect();
  }
}

async function readBlocking(redis: Redis, key: string, after: string): Promise<StreamEntry[]> {
  const answer = await redis.xreadBuffer('COUNT', READ_COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', key, after);
  const [stream] = (answer ?? []) as [Buffer, RawEntry[]][];
  return stream?.[1].map(parseStreamEntry) ?? [];
}
