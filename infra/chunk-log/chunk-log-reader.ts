import { broadcastKeys, type RedisHandle, readStream, tailStream } from '../redis/index.ts';
import { type ChunkLogEntry, parseChunkLogEntry } from './chunk-log.ts';

/** The reading end of a broadcast's chunk log; for the one worker that owns the broadcast. */
export class ChunkLogReader {
  readonly #handle: RedisHandle;
  readonly #key: string;

  constructor(handle: RedisHandle, broadcast: { station: string; broadcastId: string }) {
    this.#handle = handle;
    this.#key = broadcastKeys(broadcast.station, broadcast.broadcastId).chunks;
  }

  /** Yields entries after `afterId` (`0` = all) as they come, in batches, until the signal is aborted. */
  async *tail(afterId: string, signal: AbortSignal): AsyncGenerator<ChunkLogEntry[]> {
    for await (const batch of tailStream(this.#handle, { key: this.#key, afterId, signal })) {
      yield batch.map(parseChunkLogEntry).filter((entry) => entry !== undefined);
    }
  }

  /** Entries between two ids, both inclusive. */
  async range(from: string, to: string): Promise<ChunkLogEntry[]> {
    const entries = await readStream(this.#handle.commands, this.#key, { from, to });
    return entries.map(parseChunkLogEntry).filter((entry) => entry !== undefined);
  }

  /** Drops what is older than `id`. */
  async trimBefore(id: string): Promise<void> {
    await this.#handle.commands.call('xtrim', this.#key, 'MINID', '~', id);
  }
}
