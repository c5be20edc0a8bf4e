import {
  OPEN_RECORDINGS_KEY,
  RECORDING_KEEPER_KEY,
  RECORDINGS_KEY,
  type RedisHandle,
  recordingKeys,
  Script,
} from '../redis/index.ts';
import type { ArchivePlace, RecordedSegment, RecordedTitle, Recording, RecordingName } from './recording.ts';

/** What a new recording begins with. */
export type NewRecording = Pick<Recording, 'station' | 'broadcastId' | 'startedAt' | 'kbps' | 'title'>;

/** What an archiver adds in one step. */
export type RecordingStep = {
  /** How many segments there were before; the step is refused when there are others. */
  segmentsBefore: number;
  segments: readonly RecordedSegment[];
  titles: readonly RecordedTitle[];
  silentFrames: number;
  lostFrames: number;
  place: ArchivePlace;
};

// KEYS ids, facts · ARGV broadcastId, startedAt, fields…
const openScript = new Script<number>(`
if redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('HSET', KEYS[2], unpack(ARGV, 3))
return 1
`);

// KEYS lease · ARGV token, leaseMs. 1: it is ours.
const leaseScript = new Script<number>(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`);

const releaseScript = new Script<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`);

// KEYS lease, facts, segments, titles
// ARGV token, segments before, frames, bytes, silent, lost, place, n, n segments, titles…
// 1: done, 0: not ours any more, or another step came first, -1: removed
const stepScript = new Script<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if redis.call('EXISTS', KEYS[2]) == 0 then return -1 end
if redis.call('LLEN', KEYS[3]) ~= tonumber(ARGV[2]) then return 0 end
local n = tonumber(ARGV[8])
for i = 9, 8 + n do redis.call('RPUSH', KEYS[3], ARGV[i]) end
for i = 9 + n, #ARGV do redis.call('RPUSH', KEYS[4], ARGV[i]) end
redis.call('HINCRBY', KEYS[2], 'frames', ARGV[3])
redis.call('HINCRBY', KEYS[2], 'bytes', ARGV[4])
redis.call('HINCRBY', KEYS[2], 'silentFrames', ARGV[5])
redis.call('HINCRBY', KEYS[2], 'lostFrames', ARGV[6])
redis.call('HSET', KEYS[2], 'place', ARGV[7])
redis.call('HDEL', KEYS[2], 'fullSince')
return 1
`);

// KEYS lease, facts · ARGV token, fields…
const guardedSetScript = new Script<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
redis.call('HSET', KEYS[2], unpack(ARGV, 2))
return 1
`);

// KEYS facts · ARGV field, value
const setKnownScript = new Script<number>(`
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
`);

/** Which recordings there are, of what they consist and who writes them. Stateless; the truth is in Redis. */
export class RecordingIndex {
  readonly #handle: RedisHandle;

  constructor(handle: RedisHandle) {
    this.#handle = handle;
  }

  /** Begins a recording; a second time it does nothing. */
  async open(recording: NewRecording): Promise<void> {
    const { station, broadcastId, startedAt, kbps, title } = recording;
    const keys = recordingKeys(station, broadcastId);
    const fields = { station, broadcastId, startedAt, kbps, title, state: 'open' };
    const values = Object.entries(fields).flat();
    const redis = this.#handle.commands;
    // Found by all before it is there: what is listed and does not exist is cleared away, the other way round it stays.
    await redis.zadd(RECORDINGS_KEY, String(startedAt), memberOf(recording));
    await redis.sadd(OPEN_RECORDINGS_KEY, memberOf(recording));
    await openScript.run(redis, [keys.ids, keys.facts], [broadcastId, startedAt, ...values]);
  }

  /** What is known of a recording; undefined when there is none. */
  async get({ station, broadcastId }: RecordingName): Promise<Recording | undefined> {
    return parseRecording(await this.#handle.commands.hgetall(recordingKeys(station, broadcastId).facts));
  }

  /** Recordings of a station, the newest first, from those on that began before `before` (ms since 1970). */
  async list(station: string, { before, count }: { before: number; count: number }): Promise<Recording[]> {
    const { ids } = recordingKeys(station, '');
    const found = await this.#handle.commands.zrevrangebyscore(ids, `(${before}`, '-inf', 'LIMIT', 0, count);
    const recordings = await Promise.all(found.map((broadcastId) => this.get({ station, broadcastId })));
    return recordings.filter((recording) => recording !== undefined);
  }

  /** Its segments, in order. */
  async segments({ station, broadcastId }: RecordingName): Promise<RecordedSegment[]> {
    const { segments } = recordingKeys(station, broadcastId);
    return (await this.#handle.commands.lrange(segments, 0, -1)).map(parseSegment);
  }

  /** One of its segments. */
  async segment({ station, broadcastId }: RecordingName, index: number): Promise<RecordedSegment | undefined> {
    const text = await this.#handle.commands.lindex(recordingKeys(station, broadcastId).segments, index);
    return text === null ? undefined : parseSegment(text);
  }

  /** How many segments it has. */
  async segmentCount({ station, broadcastId }: RecordingName): Promise<number> {
    return this.#handle.commands.llen(recordingKeys(station, broadcastId).segments);
  }

  /** What was audible when, in order. */
  async titles({ station, broadcastId }: RecordingName): Promise<RecordedTitle[]> {
    const { titles } = recordingKeys(station, broadcastId);
    return (await this.#handle.commands.lrange(titles, 0, -1)).map((text) => JSON.parse(text) as RecordedTitle);
  }

  /** Changes what people read. False when there is no such recording. */
  async setTitle({ station, broadcastId }: RecordingName, title: string): Promise<boolean> {
    const { facts } = recordingKeys(station, broadcastId);
    return (await setKnownScript.run(this.#handle.commands, [facts], ['title', title])) === 1;
  }

  /** Forgets a recording; its files are the caller's. What writes it is refused from now on. */
  async remove(recording: RecordingName): Promise<void> {
    const { ids, facts, segments, titles } = recordingKeys(recording.station, recording.broadcastId);
    const redis = this.#handle.commands;
    await redis.del(facts, segments, titles);
    await redis.zrem(ids, recording.broadcastId);
    await redis.srem(OPEN_RECORDINGS_KEY, memberOf(recording));
    await redis.zrem(RECORDINGS_KEY, memberOf(recording));
  }

  /** Recordings that are not complete. */
  async allOpen(): Promise<RecordingName[]> {
    return (await this.#handle.commands.smembers(OPEN_RECORDINGS_KEY)).map(nameOf);
  }

  /** All recordings, the oldest first. */
  async all(): Promise<RecordingName[]> {
    return (await this.#handle.commands.zrange(RECORDINGS_KEY, '0', '-1')).map(nameOf);
  }

  /** Becomes or stays the one who writes a recording. */
  async lease({ station, broadcastId }: RecordingName, token: string, leaseMs: number): Promise<boolean> {
    const { lease } = recordingKeys(station, broadcastId);
    return (await leaseScript.run(this.#handle.commands, [lease], [token, leaseMs])) === 1;
  }

  /** Lets others write it. */
  async release({ station, broadcastId }: RecordingName, token: string): Promise<void> {
    await releaseScript.run(this.#handle.commands, [recordingKeys(station, broadcastId).lease], [token]);
  }

  /** Becomes or stays the one who clears recordings away. */
  async keep(token: string, leaseMs: number): Promise<boolean> {
    const values = [token, leaseMs];
    return (await leaseScript.run(this.#handle.commands, [RECORDING_KEEPER_KEY], values)) === 1;
  }

  /** Where the writer of a recording is to go on. */
  async place({ station, broadcastId }: RecordingName): Promise<ArchivePlace> {
    const text = await this.#handle.commands.hget(recordingKeys(station, broadcastId).facts, 'place');
    return text === null ? { afterId: '0' } : (JSON.parse(text) as ArchivePlace);
  }

  /**
   * Adds segments whose files are written. `refused`: another process writes it, or the answer to the same step was lost;
   * where to go on has to be read anew.
   */
  async append(name: RecordingName, token: string, step: RecordingStep): Promise<'done' | 'refused' | 'removed'> {
    const { lease, facts, segments, titles } = recordingKeys(name.station, name.broadcastId);
    const frames = step.segments.reduce((sum, segment) => sum + segment.frames, 0);
    const bytes = step.segments.reduce((sum, segment) => sum + segment.bytes, 0);
    const answer = await stepScript.run(
      this.#handle.commands,
      [lease, facts, segments, titles],
      [
        ...[token, step.segmentsBefore, frames, bytes, step.silentFrames, step.lostFrames, JSON.stringify(step.place)],
        ...[step.segments.length, ...step.segments.map(segmentText)],
        ...step.titles.map(({ show, host, track, at }) => JSON.stringify({ show, host, track, at })),
      ],
    );
    if (answer === 1) return 'done';
    return answer === 0 ? 'refused' : 'removed';
  }

  /** Notes since when nothing can be written; the next step that succeeds takes it back. */
  async noteFull(name: RecordingName, token: string, fullSince: number): Promise<void> {
    await this.#set(name, token, { fullSince });
  }

  /** Says that nothing follows. False when another process writes it by now. */
  async complete(name: RecordingName, token: string, facts: { headBytes: number; endedAt: number }): Promise<boolean> {
    if (!(await this.#set(name, token, { ...facts, state: 'complete' }))) return false;
    await this.#handle.commands.srem(OPEN_RECORDINGS_KEY, memberOf(name));
    return true;
  }

  async #set(name: RecordingName, token: string, fields: Record<string, string | number>): Promise<boolean> {
    const { lease, facts } = recordingKeys(name.station, name.broadcastId);
    const values = [token, ...Object.entries(fields).flat()];
    return (await guardedSetScript.run(this.#handle.commands, [lease, facts], values)) === 1;
  }
}

function memberOf({ station, broadcastId }: RecordingName): string {
  return `${station}/${broadcastId}`;
}

function nameOf(member: string): RecordingName {
  const [station = '', broadcastId = ''] = member.split('/');
  return { station, broadcastId };
}

/** Short, because there are 450 of them in an hour. */
function segmentText({ frames, bytes, headBytes, programDateTime }: RecordedSegment): string {
  return JSON.stringify([frames, bytes, headBytes, Math.round(programDateTime * 100) / 100]);
}

function parseSegment(text: string): RecordedSegment {
  const [frames = 0, bytes = 0, headBytes = 0, programDateTime = 0] = JSON.parse(text) as number[];
  return { frames, bytes, headBytes, programDateTime };
}

function parseRecording(hash: Record<string, string>): Recording | undefined {
  const { station, broadcastId, title = '', endedAt, headBytes, fullSince } = hash;
  if (station === undefined || broadcastId === undefined) return undefined;
  return {
    ...{ station, broadcastId, title, startedAt: Number(hash.startedAt), kbps: Number(hash.kbps) },
    state: hash.state === 'complete' ? 'complete' : 'open',
    ...{ frames: Number(hash.frames ?? 0), bytes: Number(hash.bytes ?? 0) },
    ...{ silentFrames: Number(hash.silentFrames ?? 0), lostFrames: Number(hash.lostFrames ?? 0) },
    ...(endedAt === undefined ? {} : { endedAt: Number(endedAt) }),
    ...(headBytes === undefined ? {} : { headBytes: Number(headBytes) }),
    ...(fullSince === undefined ? {} : { fullSince: Number(fullSince) }),
  };
}
