import { setTimeout as sleep } from 'node:timers/promises';

/** A piece of a container stream and when it is sent, in ms after the first. */
export type TimedChunk = { atMs: number; bytes: Uint8Array };

/** Sends chunks with their own timing; what is late is sent at once. Resolves to ms since 1970 of the first. */
export async function sendInRealTime(
  chunks: readonly TimedChunk[],
  send: (bytes: Uint8Array) => void,
): Promise<number> {
  const startedAt = Date.now();
  for (const { atMs, bytes } of chunks) {
    const waitMs = startedAt + atMs - Date.now();
    if (waitMs > 0) await sleep(waitMs);
    send(bytes);
  }
  return startedAt;
}
