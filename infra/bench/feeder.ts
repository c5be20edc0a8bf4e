import { setTimeout as sleep } from 'node:timers/promises';
import { CHUNK_MS, type WebmFeed } from './webm-feed.ts';

/** Takes a chunk of a stream. */
export type FeedSink = (chunk: Buffer) => void;

/**
 * Feeds streams in real time, each shifted a little against the others, until the signal is aborted. A feeder that was
 * held up catches up. Settles after the last chunk.
 */
export async function feedInRealTime(feed: WebmFeed, sinks: readonly FeedSink[], signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const shiftMs = CHUNK_MS / Math.max(1, sinks.length);
  for (let step = 0; !signal.aborted; step++) {
    const waitMs = startedAt + step * shiftMs - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    sinks[step % sinks.length]?.(feed.chunk(Math.floor(step / sinks.length)));
  }
}
