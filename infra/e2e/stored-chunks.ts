import { BroadcastRegistry } from '../broadcasts/index.ts';
import { type ChunkLogEntry, ChunkLogReader } from '../chunk-log/index.ts';
import { type TestRedis, until } from '../testkit/index.ts';

/** A container stream as the server stored it. */
export type StoredEpoch = { epoch: string; format: string; chunks: (ChunkLogEntry & { kind: 'chunk' })[] };

/** What comes into the chunk log of a station's next broadcast. */
export type StoredChunks = {
  /** All epochs so far, in order. */
  readonly epochs: readonly StoredEpoch[];
  /** Bytes of an epoch. */
  bytesOf(index: number): Buffer;
  /** Stops reading. May be called again. */
  close(): Promise<void>;
};

/** Reads all that is stored of a broadcast from its beginning, as it comes: the log itself is trimmed behind the worker. */
export async function readStoredChunks(
  stack: { redis: Pick<TestRedis, 'handle'> },
  station: string,
): Promise<StoredChunks> {
  const stop = new AbortController();
  const handle = stack.redis.handle();
  const registry = new BroadcastRegistry(handle);
  const record = await until(async () => {
    const live = await registry.get(station);
    return live?.state === 'live' && live;
  });
  const epochs: StoredEpoch[] = [];
  const reader = new ChunkLogReader(handle, { station, broadcastId: record.broadcastId });
  const reading = (async () => {
    for await (const entries of reader.tail('0', stop.signal)) for (const entry of entries) take(epochs, entry);
  })();
  return {
    epochs,
    bytesOf: (index) => Buffer.concat(epochs[index]?.chunks.map((chunk) => chunk.payload) ?? []),
    close: async () => {
      stop.abort();
      await reading;
    },
  };
}

function take(epochs: StoredEpoch[], entry: ChunkLogEntry): void {
  if (entry.kind === 'epoch') epochs.push({ epoch: entry.epoch, format: entry.format, chunks: [] });
  else if (entry.kind === 'chunk') epochs.at(-1)?.chunks.push(entry);
}
