import { ChunkLogReader } from '../chunk-log/index.ts';
import { framesToMs, type Rung, SAMPLES_PER_FRAME, samplesToMs } from '../contract/index.ts';
import { clicksIn, type HeardClick } from '../e2e/clicks.ts';
import { decodeAudio } from '../e2e/pcm.ts';
import { PartLogReader, type PublishedPart } from '../part-log/index.ts';
import type { RedisHandle } from '../redis/index.ts';

/** A chunk's way into the chunk log; ms since 1970. */
export type StoredChunk = { capturedAt: number; storedAt: number };

/** A click as it lies in the stream. */
export type StreamClick = HeardClick & {
  /** The part that holds it. */
  part: PublishedPart;
  /** How far into the part it begins, in ms. */
  intoPartMs: number;
};

/** What both logs of a broadcast held while it was recorded. */
export type LogRecord = {
  chunks: readonly StoredChunk[];
  parts: readonly PublishedPart[];
  ladder: readonly Rung[];
  /** Finds the clicks in the recorded parts; `at` is their programme date-time. */
  clicks(): Promise<StreamClick[]>;
};

/** The rung that is decoded to find the clicks: they are at the same samples in all. */
const DECODED_RUNG = 0;

/** Records both logs of a broadcast until the signal is aborted. */
export async function recordLogs(
  handle: RedisHandle,
  broadcast: { station: string; broadcastId: string },
  signal: AbortSignal,
): Promise<LogRecord> {
  const reader = new PartLogReader(handle, broadcast);
  const head = await reader.readMeta();
  if (head === undefined) throw new Error('No transcoder has taken the broadcast.');
  const chunks: StoredChunk[] = [];
  const parts: PublishedPart[] = [];
  const failures: unknown[] = [];
  const keep = (reading: Promise<void>) => void reading.catch((error: unknown) => failures.push(error));
  keep(
    (async () => {
      for await (const entries of new ChunkLogReader(handle, broadcast).tail('0', signal)) {
        for (const entry of entries) {
          if (entry.kind === 'chunk')
            chunks.push({ capturedAt: entry.capturedAt, storedAt: Number.parseInt(entry.id, 10) });
        }
      }
    })(),
  );
  keep(
    (async () => {
      for await (const events of reader.tail('0', signal)) {
        for (const event of events) if (event.kind === 'part') parts.push(event.part);
      }
    })(),
  );
  return {
    chunks,
    parts,
    ladder: head.meta.ladder,
    clicks: async () => {
      if (failures.length > 0) throw failures[0];
      return streamClicks(parts, head.initSections[DECODED_RUNG] ?? new Uint8Array());
    },
  };
}

async function streamClicks(parts: readonly PublishedPart[], init: Uint8Array): Promise<StreamClick[]> {
  const payloads = parts.map(({ payloads }) => payloads[DECODED_RUNG] ?? new Uint8Array());
  const { channels } = await decodeAudio(Buffer.concat([init, ...payloads]), 'mp4');
  const firstFrame = parts[0]?.firstFrame ?? 0;
  return clicksIn(channels[0] ?? new Float32Array()).flatMap(({ at: sample, hz }) => {
    const frame = firstFrame + sample / SAMPLES_PER_FRAME;
    const part = parts.find((one) => frame >= one.firstFrame && frame < one.firstFrame + one.frames);
    if (part === undefined) return [];
    const intoPartMs = samplesToMs((frame - part.firstFrame) * SAMPLES_PER_FRAME);
    return [{ at: part.programDateTime + intoPartMs, hz, part, intoPartMs }];
  });
}

/** Length of a part in ms. */
export function partMs(part: PublishedPart): number {
  return framesToMs(part.frames);
}
