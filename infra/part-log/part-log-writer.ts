import { APPEND_EVENT_LUA, appendEventArguments, appendEventKeys } from '../events/index.ts';
import {
  broadcastKeys,
  parseStreamEntry,
  type RedisHandle,
  Script,
  type StreamEntry,
  stationKeys,
} from '../redis/index.ts';
import { PROGRAMME_FIELD, type PublishedProgramme, parseTitleRequest, type TitleRequest } from '../titles/index.ts';
import { LATE_FIELD, PartLogReader } from './part-log-reader.ts';
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
const endScript = new Script<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], ARGV[2], unpack(ARGV, 5))
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1
`);

// KEYS fence, parts, titles, meta, events, event head
// ARGV token, entry id, maxlen, ttl, epoch, channel, newest title that was read ('' = whatever), the programme after the
// part, n, n event bodies, m, m ids of titles that the part takes, fields…
// Answer: 0 when fenced off, 1 when stored, else the titles that have to be read first.
// The part comes before its events: when it is there already, nothing else happens a second time.
const appendScript = new Script<number | RawStream>(`${APPEND_EVENT_LUA}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[7] ~= '' then
  local unread = redis.call('XRANGE', KEYS[3], '(' .. ARGV[7], '+', 'COUNT', 100)
  if #unread > 0 then return unread end
end
local bodies = tonumber(ARGV[9])
local takes = tonumber(ARGV[10 + bodies])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], ARGV[2], unpack(ARGV, 11 + bodies + takes))
redis.call('PEXPIRE', KEYS[2], ARGV[4])
for i = 1, bodies do append_event(5, 5, 'stream:metadata', ARGV[9 + i]) end
if bodies > 0 then redis.call('HSET', KEYS[4], '${PROGRAMME_FIELD}', ARGV[8]) end
for i = 1, takes do redis.call('XDEL', KEYS[3], ARGV[10 + bodies + i]) end
return 1
`);

type RawStream = Parameters<typeof parseStreamEntry>[0][];

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

/** What a part has to do with titles that were set. */
export type PartTitles = {
  /** Id of the newest title that was read; the part is not stored while there is a newer one. */
  newestRead: string;
  /** Ids of those that the part makes audible; they are waiting no more once it is stored. */
  taken: readonly string[];
};

/** Titles that were set since the last were read. */
export type UnreadTitles = { requests: TitleRequest[]; newestRead: string };

/** The writing end of a broadcast's part log; every write is fenced, in the script that appends. */
export class PartLogWriter {
  readonly #handle: RedisHandle;
  readonly #fenceKey: string;
  readonly #partsKey: string;
  readonly #metaKey: string;
  readonly #titlesKey: string;
  readonly #broadcast: { station: string; broadcastId: string };
  readonly #token: number;

  private constructor(handle: RedisHandle, broadcast: { station: string; broadcastId: string }, token: number) {
    const keys = broadcastKeys(broadcast.station, broadcast.broadcastId);
    this.#handle = handle;
    this.#fenceKey = stationKeys(broadcast.station).fence;
    this.#partsKey = keys.parts;
    this.#metaKey = keys.meta;
    this.#titlesKey = keys.titles;
    this.#broadcast = broadcast;
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

  /** What the station's fence holds as long as no other worker has taken it. */
  get fence(): number {
    return this.#token;
  }

  /** Whether no other writer has taken the station since; each write looks by itself. */
  async owns(): Promise<boolean> {
    return (await this.#handle.commands.get(this.#fenceKey)) === String(this.#token);
  }

  /** The last part that is published; where to go on after a takeover. */
  async lastPart(): Promise<PublishedPart | undefined> {
    return new PartLogReader(this.#handle, this.#broadcast).lastPart();
  }

  /** Writes what readers need once, with one init section for each rung of the ladder. Throws {@link FencedError}. */
  async writeMeta(meta: PartLogMeta, initSections: Uint8Array[]): Promise<void> {
    const inits = initSections.flatMap((init, index) => [`init${index}`, init]);
    const values = [this.#token, PART_LOG_TTL_MS, 'meta', JSON.stringify(meta), ...inits];
    this.#check(await metaScript.run(this.#handle.commands, [this.#fenceKey, this.#metaKey], values));
  }

  /** What was audible at the end of what is published; undefined before the first title. */
  async lastProgramme(): Promise<PublishedProgramme | undefined> {
    const text = await this.#handle.commands.hget(this.#metaKey, PROGRAMME_FIELD);
    return text === null ? undefined : (JSON.parse(text) as PublishedProgramme);
  }

  /**
   * Publishes a part; its place in the broadcast can be taken only once. What it makes audible is told as
   * `stream:metadata` in the same step. Answers with nothing once it is stored; where `titles` are given and newer ones
   * were set, with those, and nothing is stored. Throws {@link FencedError}.
   */
  async append(part: PublishedPart, titles?: PartTitles): Promise<UnreadTitles | undefined> {
    const { payloads, late, ...facts } = part;
    const maxEntries = Math.ceil((PART_LOG_SECONDS * 48_000) / 1024 / Math.max(1, part.frames));
    const programme = part.programme ?? [];
    const bodies = programme.map(({ show, host, track, at }) => JSON.stringify({ show, host, track, at }));
    const taken = titles?.taken ?? [];
    const answer = await appendScript.run(
      this.#handle.commands,
      [this.#fenceKey, this.#partsKey, this.#titlesKey, this.#metaKey, ...appendEventKeys(this.#broadcast.station)],
      [
        ...[
          this.#token,
          partEntryId(part),
          maxEntries,
          PART_LOG_TTL_MS,
          ...appendEventArguments(this.#broadcast.station),
        ],
        ...[
          titles?.newestRead ?? '',
          JSON.stringify(programme.at(-1) ?? null),
          bodies.length,
          ...bodies,
          taken.length,
          ...taken,
        ],
        ...['m', JSON.stringify(facts), ...payloads.flatMap((payload, index) => [String(index), payload])],
        ...(late === undefined ? [] : [LATE_FIELD, late]),
      ],
    );
    if (Array.isArray(answer)) return unreadTitles(answer.map(parseStreamEntry));
    this.#check(answer);
    if (part.endsSegment) {
      await touchScript.run(this.#handle.commands, [this.#fenceKey, this.#metaKey], [this.#token, PART_LOG_TTL_MS]);
    }
    return undefined;
  }

  /** Says that no part will follow. Throws {@link FencedError}. */
  async appendEnd(after: PublishedPart | undefined, reason: string): Promise<void> {
    const id = after === undefined ? '1-1' : `${after.firstFrame + after.frames}-2`;
    const values = [this.#token, id, PART_LOG_SECONDS * 50, PART_LOG_TTL_MS, 'x', reason];
    this.#check(await endScript.run(this.#handle.commands, [this.#fenceKey, this.#partsKey], values));
  }

  #check(answer: number): void {
    if (answer !== 1) throw new FencedError('Another worker owns the station; this one must stop publishing.');
  }
}

/** Ids grow with the timeline, so Redis itself refuses a second part for the same place. */
function partEntryId(part: PublishedPart): string {
  return `${part.firstFrame + part.frames}-1`;
}

function unreadTitles(entries: StreamEntry[]): UnreadTitles {
  const requests = entries.map(parseTitleRequest).filter((request) => request !== undefined);
  return { requests, newestRead: entries.at(-1)?.id ?? '0' };
}
