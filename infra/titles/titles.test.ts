import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BroadcastRegistry, publisherToken } from '../broadcasts/index.ts';
import { cutForPartTarget, type ProgrammeMetadata, parseLadder } from '../contract/index.ts';
import { EventLog } from '../events/index.ts';
import { FencedError, PartLogReader, PartLogWriter, type PublishedPart } from '../part-log/index.ts';
import { broadcastKeys, type RedisHandle } from '../redis/index.ts';
import { startTestRedis, type TestRedis } from '../testkit/index.ts';
import { MAX_WAITING_TITLES, TitleRequests } from './index.ts';

let redis: TestRedis;
let handle: RedisHandle;
let titles: TitleRequests;
let log: EventLog;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  titles = new TitleRequests(handle);
  log = new EventLog(handle);
});

afterAll(() => redis.close());

async function onAir(station: string) {
  const token = publisherToken('test');
  const wish = { token, takeover: true, ladder: parseLadder('64k'), cut: cutForPartTarget(192), openedBy: 'test' };
  const opened = await new BroadcastRegistry(handle).open(station, wish);
  if (!('record' in opened)) throw new Error(`The station answered ${opened.outcome}.`);
  return opened.record;
}

const SONG: ProgrammeMetadata = { show: 'Evening', host: null, track: { title: 'Song', artist: 'Band' }, at: 5000 };

const part = (firstFrame: number, programme?: PublishedPart['programme']): PublishedPart => ({
  ...{ msn: 0, index: firstFrame / 9, firstFrame, frames: 9, fillerFrames: 0, programDateTime: 4900 + firstFrame },
  ...{ endsSegment: false, publishedAt: 5100, payloads: [Buffer.from('part')] },
  ...(programme === undefined ? {} : { programme }),
});

const told = async (station: string) => {
  const { epoch } = await log.position(station);
  return (await log.since(station, { epoch, offset: 0 })).events;
};

const set = (station: string, title: string) =>
  titles.add(station, { capturedAt: 5000, change: { track: { title, artist: '' } } });

describe('titles that were set', () => {
  it('are refused while the station is off air', async () => {
    await expect(set('nobody', 'x')).rejects.toMatchObject({ code: 'off_air' });
    const { broadcastId } = await onAir('over');
    await new BroadcastRegistry(handle).end('over', broadcastId, 'ended_by_owner');
    await expect(set('over', 'x')).rejects.toMatchObject({ code: 'off_air' });
  });

  it('wait in the order in which they were set, up to a limit, and go with the broadcast', async () => {
    const record = await onAir('waits');
    const first = await set('waits', 'first');
    await set('waits', 'second');
    const { waiting, published } = await titles.state(record);
    expect(waiting.map(({ change }) => change.track?.title)).toEqual(['first', 'second']);
    expect(waiting[0]).toEqual(first);
    expect(published).toBeUndefined();
    await Promise.all(Array.from({ length: MAX_WAITING_TITLES - 2 }, (_, n) => set('waits', `${n}`)));
    await expect(set('waits', 'too many')).rejects.toMatchObject({ code: 'limit_reached' });
    await new BroadcastRegistry(handle).end('waits', record.broadcastId, 'ended_by_owner');
    expect(await handle.commands.exists(broadcastKeys('waits', record.broadcastId).titles)).toBe(0);
  });
});

describe('a part with a title', () => {
  it('is stored, told to everybody and taken from those that wait in one step', async () => {
    const record = await onAir('step');
    const request = await set('step', 'Song');
    const writer = await PartLogWriter.acquire(handle, record);
    const programme = [{ ...SONG, publishedAt: 5100 }];
    const answer = await writer.append(part(0, programme), { newestRead: request.id, taken: [request.id] });
    expect(answer).toBeUndefined();
    expect(await told('step')).toMatchObject([{ event: 'stream:metadata', body: SONG }]);
    expect((await told('step'))[0]?.body).toEqual(SONG);
    expect(await titles.state(record)).toEqual({ published: programme[0], waiting: [] });
    expect(await writer.lastProgramme()).toEqual(programme[0]);
    const [stored] = await new PartLogReader(handle, record).readAll();
    expect(stored).toMatchObject({ kind: 'part', part: { programme } });
  });

  it('is not stored while a title that was set before has not been read', async () => {
    const record = await onAir('unread');
    const writer = await PartLogWriter.acquire(handle, record);
    const first = await set('unread', 'first');
    const second = await set('unread', 'second');
    expect(await writer.append(part(0), { newestRead: first.id, taken: [] })).toEqual({
      requests: [second],
      newestRead: second.id,
    });
    expect(await writer.lastPart()).toBeUndefined();
    expect(await writer.append(part(0), { newestRead: '', taken: [] })).toBeUndefined();
    expect(await writer.lastPart()).toMatchObject({ firstFrame: 0 });
  });

  it('is told once when it is stored a second time, and not at all by a worker that was fenced off', async () => {
    const record = await onAir('once');
    const request = await set('once', 'Song');
    const old = await PartLogWriter.acquire(handle, record);
    const programme = [{ ...SONG, publishedAt: 5100 }];
    const theirs = { newestRead: request.id, taken: [request.id] };
    await old.append(part(0, programme), theirs);
    await expect(old.append(part(0, programme), theirs)).rejects.toThrow('equal or smaller');
    await PartLogWriter.acquire(handle, record);
    await expect(old.append(part(9, programme), theirs)).rejects.toThrow(FencedError);
    expect(await told('once')).toHaveLength(1);
  });
});
