import { pause } from '../runtime/index.ts';

/** A piece of a container stream and when it is sent, in ms after the first. */
export type TimedChunk = { atMs: number; bytes: Uint8Array };

/**
 * Sends chunks with their own timing, to the last one or until the signal is aborted; what is late is sent at once.
 * Resolves to ms since 1970 of the first.
 */
export async function sendInRealTime(
  chunks: readonly TimedChunk[],
  send: (bytes: Uint8Array) => void,
  signal?: AbortSignal,
): Promise<number> {
  const startedAt = Date.now();
  for (const { atMs, bytes } of chunks) {
    const waitMs = startedAt + atMs - Date.now();
    if (waitMs > 0) await pause(waitMs, signal);
    if (signal?.aborted) break;
    send(bytes);
  }
  return startedAt;
}

/** Cuts a file of `seconds` of audio into pieces that take `everyMs` each; for formats of an even bitrate. */
export function evenChunks(bytes: Uint8Array, seconds: number, everyMs = 60): TimedChunk[] {
  const count = Math.max(1, Math.round((seconds * 1000) / everyMs));
  return Array.from({ length: count }, (_, i) => ({
    atMs: i * everyMs,
    bytes: bytes.subarray(Math.floor((bytes.length * i) / count), Math.floor((bytes.length * (i + 1)) / count)),
  }));
}

/** Cuts an Ogg file (RFC 3533) with 48 kHz granules into its pages, each sent when its audio would have been captured. */
export function pageChunks(ogg: Buffer): TimedChunk[] {
  const chunks: TimedChunk[] = [];
  for (let at = 0; at + 27 <= ogg.length; ) {
    const segments = ogg.subarray(at + 27, at + 27 + (ogg[at + 26] ?? 0));
    const end = at + 27 + segments.length + segments.reduce((sum, size) => sum + size, 0);
    const granule = Number(ogg.readBigInt64LE(at + 6)); // -1: no packet ends on the page
    chunks.push({ atMs: Math.max(granule / 48, chunks.at(-1)?.atMs ?? 0), bytes: ogg.subarray(at, end) });
    at = end;
  }
  return chunks;
}
