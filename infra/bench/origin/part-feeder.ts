import { setTimeout as sleep } from 'node:timers/promises';
import { BroadcastRegistry, publisherToken } from '../../broadcasts/index.ts';
import { framesToMs } from '../../contract/index.ts';
import { PartLogWriter, type PublishedPart } from '../../part-log/index.ts';
import type { RedisHandle } from '../../redis/index.ts';
import type { RealRendition } from './real-ladder.ts';

/** Parts of 0.192 s, ten to a segment of 1.92 s. */
const CUT = { framesPerPart: 9, framesPerSegment: 90 };

/** Parts that are there at once: three segments, and as many more as fill the listed window of 60 s. */
const PARTS_BEFORE = 330;

/** A station on air, fed with parts in real time. `close` ends it and may be called again. */
export type FedStation = { slug: string; close(): Promise<void> };

/** Puts a station on air as a transcoder would, with a full window, and publishes a real part every 192 ms. */
export async function feedStation(
  handle: RedisHandle,
  { slug, ladder }: { slug: string; ladder: readonly RealRendition[] },
): Promise<FedStation> {
  const rungs = ladder.map(({ name, kbps }) => ({ name, kbps }));
  const wish = { ladder: rungs, cut: CUT, lowLatency: true, openedBy: 'bench', takeover: true };
  const opened = await new BroadcastRegistry(handle).open(slug, { ...wish, token: publisherToken('bench') });
  if (!('record' in opened)) throw new Error(`The station could not be opened: ${opened.outcome}`);
  const partMs = framesToMs(CUT.framesPerPart);
  const record = { ...opened.record, startedAt: Date.now() - PARTS_BEFORE * partMs };
  const writer = await PartLogWriter.acquire(handle, record);
  const { broadcastId, startedAt } = record;
  const meta = { station: slug, broadcastId, startedAt, ladder: rungs, cut: CUT, lowLatency: true, codec: 'mp4a.40.2' };
  await writer.writeMeta(
    meta,
    ladder.map(({ init }) => init),
  );
  for (let number = 0; number < PARTS_BEFORE; number++) await writer.append(partOf({ number, startedAt, ladder }));
  const stop = new AbortController();
  const feeding = feed({ writer, startedAt, ladder, signal: stop.signal });
  return {
    slug,
    close: async () => {
      stop.abort();
      await feeding;
    },
  };
}

type Feed = { writer: PartLogWriter; startedAt: number; ladder: readonly RealRendition[]; signal: AbortSignal };

async function feed({ writer, startedAt, ladder, signal }: Feed): Promise<void> {
  for (let number = PARTS_BEFORE; !signal.aborted; number++) {
    const part = partOf({ number, startedAt, ladder });
    const waitMs = part.publishedAt - Date.now();
    if (waitMs > 0) await sleep(waitMs);
    if (!signal.aborted) await writer.append(part);
  }
}

function partOf({ number, startedAt, ladder }: Omit<Feed, 'writer' | 'signal'> & { number: number }): PublishedPart {
  const { framesPerPart: frames, framesPerSegment } = CUT;
  const partsPerSegment = framesPerSegment / frames;
  const firstFrame = number * frames;
  const index = number % partsPerSegment;
  return {
    msn: Math.floor(number / partsPerSegment),
    index,
    firstFrame,
    frames,
    fillerFrames: 0,
    programDateTime: startedAt + framesToMs(firstFrame),
    endsSegment: index === partsPerSegment - 1,
    publishedAt: Math.round(startedAt + framesToMs(firstFrame + frames)),
    payloads: ladder.map(({ parts }) => parts[number % parts.length] ?? Buffer.alloc(0)),
  };
}
