import {
  broadcastKeys,
  parseStreamEntry,
  type RedisHandle,
  readStream,
  type StreamEntry,
  tailStream,
} from '../redis/index.ts';
import type { PartLogEvent, PartLogMeta, PublishedPart } from './published-part.ts';

type RawEntry = Parameters<typeof parseStreamEntry>[0];

/** Field of an entry that holds what came too late for the air. */
export const LATE_FIELD = 'l';

/** What `readMeta` finds. */
export type PartLogHead = { meta: PartLogMeta; initSections: Uint8Array[] };

/** The reading end of a broadcast's part log; any number of readers. */
export class PartLogReader {
  readonly #handle: RedisHandle;
  readonly #partsKey: string;
  readonly #metaKey: string;

  constructor(handle: RedisHandle, broadcast: { station: string; broadcastId: string }) {
    const keys = broadcastKeys(broadcast.station, broadcast.broadcastId);
    this.#handle = handle;
    this.#partsKey = keys.parts;
    this.#metaKey = keys.meta;
  }

  /** Facts and init sections of the broadcast; undefined before a worker has taken it, or when it is gone. */
  async readMeta(): Promise<PartLogHead | undefined> {
    const hash = await this.#handle.commands.hgetallBuffer(this.#metaKey);
    const text = hash.meta;
    if (text === undefined) return undefined;
    const meta = JSON.parse(String(text)) as PartLogMeta;
    return { meta, initSections: meta.ladder.map((_, index) => hash[`init${index}`] ?? Buffer.alloc(0)) };
  }

  /** All that is in the log now. */
  async readAll(): Promise<PartLogEvent[]> {
    const entries = await readStream(this.#handle.commands, this.#partsKey, { from: '-', to: '+' });
    return entries.map(parsePartLogEntry).filter((event) => event !== undefined);
  }

  /** The last part that is published; undefined before any, and after the end. */
  async lastPart(): Promise<PublishedPart | undefined> {
    const newest = ['+', '-', 'COUNT', 1];
    const [raw] = (await this.#handle.commands.callBuffer('XREVRANGE', [this.#partsKey, ...newest])) as RawEntry[];
    const event = raw && parsePartLogEntry(parseStreamEntry(raw));
    return event?.kind === 'part' ? event.part : undefined;
  }

  /** Events after the one with `afterId` (`0` = from the first), `count` at most. */
  async readAfter(afterId: string, count: number): Promise<PartLogEvent[]> {
    const entries = await readStream(this.#handle.commands, this.#partsKey, { from: `(${afterId}`, to: '+', count });
    return entries.map(parsePartLogEntry).filter((event) => event !== undefined);
  }

  /** Yields events after the one with `afterId` (`0` = all) in batches, until the signal is aborted. */
  async *tail(afterId: string, signal: AbortSignal): AsyncGenerator<PartLogEvent[]> {
    for await (const batch of tailStream(this.#handle, { key: this.#partsKey, afterId, signal })) {
      yield batch.map(parsePartLogEntry).filter((event) => event !== undefined);
    }
  }
}

/** Reads an entry back from Redis; undefined for one of a kind this version does not know. */
export function parsePartLogEntry({ id, fields }: StreamEntry): PartLogEvent | undefined {
  const end = fields.get('x');
  if (end !== undefined) return { kind: 'end', id, reason: String(end) };
  const facts = fields.get('m');
  if (facts === undefined) return undefined;
  const payloads: Uint8Array[] = [];
  for (let payload = fields.get('0'); payload !== undefined; payload = fields.get(String(payloads.length))) {
    payloads.push(payload);
  }
  const late = fields.get(LATE_FIELD);
  const part = { ...(JSON.parse(String(facts)) as Omit<PublishedPart, 'payloads' | 'late'>), payloads };
  return { kind: 'part', id, part: late === undefined ? part : { ...part, late } };
}
