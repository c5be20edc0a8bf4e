import { broadcastKeys, type RedisHandle, readStream, Script, stationKeys } from '../redis/index.ts';
import { parsePartLogEntry } from './part-log-reader.ts';
import type { PartLogMeta, PublishedPart } from './published-part.ts';

/** How much audio the part log holds, in seconds: the window and, after it, what late requests may still fetch. */
export const PART_LOG_SECONDS = 126;

/** How long the log of a broadcast that nobody owns any more stays, in ms. */
const PART_LOG_TTL_MS = 600_000;

/** Another worker owns the station by now; nothing was written and nothing may be written any more. */
export class FencedError extends Error {
  override name = 'FencedError';
}

// KEYS fence, parts · ARGV token, entry id, maxlen, ttl, fields…
const appendScript = new Script<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], ARGV[2], unpack(ARGV, 5))
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1
`);

// KEYS fence, meta · ARGV token, ttl, fields…
const metaScript = new Script<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], unpack(ARGV, 3))
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1
`);

// KEYS fence, meta · ARGV token, ttl
const touchScript = new Script<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return 1
`);

/** The writing end of a broadcast's part log; every write is fenced, in the script that appends. */
export class PartLogWriter {
  readonly #handle: RedisHandle;
  readonly #fenceKey: string;
  readonly #partsKey: string;
  readonly #metaKey: string;
  readonly #token: number;

  private constructor(handle: RedisHandle, broadcast: { station: string; broadcastId: string }, token: number) {
    const keys = broadcastKeys(broadcast.station, broadcast.broadcastId);
    this.#handle = handle;
    this.#fenceKey = stationKeys(broadcast.station).fence;
    this.#partsKey = keys.parts;
    this.#metaKey = keys.meta;
    this.#token = token;
  }

  /** Takes the station: every earlier writer of it is fenced off from now on. */
  static async acquire(
    handle: RedisHandle,
    broadcast: { station: string; broadcastId: string },
  ): Promise<PartLogWriter> {
    const token = await handle.commands.incr(stationKeys(broadcast.station).fence);
    return new PartLogWriter(handle, broadcast, token);
  }

  /** The last part that is published; where to go on after a takeover. */
  async lastPart(): Promise<PublishedPart | undefined> {
    const ids = (await this.#handle.commands.callBuffer('XREVRANGE', [this.#partsKey, '+', '-', 'COUNT', 1])) as [
      Buffer,
      Buffer[],
    ][];
    const id = ids[0]?.[0].toString();
    if (id === undefined) return undefined;
    const [entry] = await readStream(this.#handle.commands, this.#partsKey, { from: id, to: id });
    const event = entry && parsePartLogEntry(entry);
    return event?.kind === 'part' ? event.part : undefined;
  }

  /** Writes what readers need once, with one init section for each rung of the ladder. Throws {@link FencedError}. */
  async writeMeta(meta: PartLogMeta, initSections: Uint8Array[]): Promise<void> {
    const inits = initSections.flatMap((init, index) => [`init${index}`, init]);
    const values = [this.#token, PART_LOG_TTL_MS, 'meta', JSON.stringify(meta), ...inits];
    this.#check(await metaScript.run(this.#handle.commands, [this.#fenceKey, this.#metaKey], values));
  }

  /** Publishes a part; its place in the broadcast can be taken only once. Throws {@link FencedError}. */
  async append(part: PublishedPart): Promise<void> {
    const { payloads, ...facts } = part;
    const fields = payloads.flatMap((payload, index) => [String(index), payload]);
    const maxEntries = Math.ceil((PART_LOG_SECONDS * 48_000) / 1024 / Math.max(1, part.frames));
    const values = [this.#token, partEntryId(part), maxEntries, PART_LOG_TTL_MS, 'm', JSON.stringify(facts), ...fields];
    this.#check(await appendScript.run(this.#handle.commands, [this.#fenceKey, this.#partsKey], values));
    if (part.endsSegment) {
      await touchScript.run(this.#handle.commands, [this.#fenceKey, this.#metaKey], [this.#token, PART_LOG_TTL_MS]);
    }
  }

  /** Says that no part will follow. Throws {@link FencedError}. */
  async appendEnd(after: PublishedPart | undefined, reason: string): Promise<void> {
    const id = after === undefined ? '1-1' : `${after.firstFrame + after.frames}-2`;
    const values = [this.#token, id, PART_LOG_SECONDS * 50, PART_LOG_TTL_MS, 'x', reason];
    this.#check(await appendScript.run(this.#handle.commands, [this.#fenceKey, this.#partsKey], values));
  }

  #check(answer: number): void {
    if (answer !== 1) throw new FencedError('Another worker owns the station; this one must stop publishing.');
  }
}

/** Ids grow with the timeline, so Redis itself refuses a second part for the same place. */
function partEntryId(part: PublishedPart): string {
  return `${part.firstFrame + part.frames}-1`;
}
