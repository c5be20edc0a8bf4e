import { BroadcastRegistry, publisherToken } from '@awaz/infra/broadcasts';
import { cutForPartTarget, parseLadder } from '@awaz/infra/contract';
import { EventLog } from '@awaz/infra/events';
import { PartLogReader, PartLogWriter, type PublishedPart } from '@awaz/infra/part-log';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { TitleRequests } from '@awaz/infra/titles';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PartPublisher } from './part-publisher.ts';
import { TitlePlacer } from './title-placer.ts';

const START = Date.UTC(2026, 0, 7);

let redis: TestRedis;
let handle: RedisHandle;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
});

afterAll(() => redis.close());

async function publishing(station: string) {
  const token = publisherToken('test');
  const wish = { token, takeover: true, ladder: parseLadder('64k'), cut: cutForPartTarget(192), openedBy: 'test' };
  const opened = await new BroadcastRegistry(handle).open(station, wish);
  if (!('record' in opened)) throw new Error(`The station answered ${opened.outcome}.`);
  const writer = await PartLogWriter.acquire(handle, opened.record);
  const failures: Error[] = [];
  const publisher = new PartPublisher(
    { writer, titles: new TitlePlacer(await writer.lastProgramme()) },
    {
      onPublished: () => undefined,
      onFailed: (error) => failures.push(error),
      onRetry: (error) => failures.push(error),
    },
  );
  const set = (title: string, ms: number) =>
    new TitleRequests(handle).add(station, { capturedAt: START + ms, change: { track: { title, artist: '' } } });
  const placed = async () => {
    const events = await new PartLogReader(handle, opened.record).readAll();
    const parts = events.flatMap((event) => (event.kind === 'part' ? [event.part] : []));
    return parts.map((part) => part.programme?.map(({ track }) => track?.title) ?? []);
  };
  const told = async () => {
    const log = new EventLog(handle);
    const { epoch } = await log.position(station);
    const { events } = await log.since(station, { epoch, offset: 0 });
    return events.map(({ body }) => (body as { track: { title: string } }).track.title);
  };
  return { writer, publisher, failures, set, placed, told };
}

const finished = (number: number) => {
  const part: PublishedPart = {
    ...{ msn: 0, index: number, firstFrame: number * 9, frames: 9, fillerFrames: 0, endsSegment: false },
    ...{ programDateTime: START + number * 192, publishedAt: 0, payloads: [Buffer.from('moof')] },
  };
  return { part, releaseAt: () => 0, lateMs: 0 };
};

describe('a part publisher', () => {
  it('never publishes a part without the titles that were set for it before', async () => {
    const { publisher, set, placed, told } = await publishing('before');
    for (let number = 0; number < 8; number++) {
      await set(`part ${number}`, number * 192 + 100);
      publisher.push([finished(number)]);
      await publisher.drain();
    }
    expect(await placed()).toEqual(Array.from({ length: 8 }, (_, number) => [`part ${number}`]));
    expect(await told()).toEqual(Array.from({ length: 8 }, (_, number) => `part ${number}`));
  });

  it('gives a title whose part has gone the next part that is not published yet', async () => {
    const { publisher, set, placed } = await publishing('late');
    publisher.push([finished(0), finished(1)]);
    await publisher.drain();
    await set('late', 50);
    publisher.push([finished(2), finished(3)]);
    await publisher.drain();
    expect(await placed()).toEqual([[], [], ['late'], []]);
  });

  it('loses no title and tells none twice when answers of Redis are lost', async () => {
    const { writer, publisher, set, placed, told, failures } = await publishing('lost');
    const append = writer.append.bind(writer);
    let calls = 0;
    writer.append = async (part, titles) => {
      const answer = await append(part, titles);
      if (++calls % 2 === 0) throw new Error('Connection is closed.');
      return answer;
    };
    for (let number = 0; number < 10; number++) {
      await set(`part ${number}`, number * 192 + 100);
      publisher.push([finished(number)]);
      await publisher.drain();
    }
    expect(failures.length).toBeGreaterThan(2);
    const titles = Array.from({ length: 10 }, (_, number) => `part ${number}`);
    expect((await placed()).flat()).toEqual(titles);
    expect(await told()).toEqual(titles);
  });
});
