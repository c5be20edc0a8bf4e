import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EventPosition } from '../contract/index.ts';
import { DIRECTORY_TOPIC, eventKeys, type RedisHandle } from '../redis/index.ts';
import { startTestRedis, type TestRedis, until } from '../testkit/index.ts';
import { EventFeed, EventLog, KEPT_EVENTS_PER_TOPIC, type KeptEvent } from './index.ts';

let redis: TestRedis;
let handle: RedisHandle;
let log: EventLog;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  log = new EventLog(handle);
});

afterAll(() => redis.close());

const stopped = (at: number) => ({ broadcastId: 'b0123456789', reason: 'ended_by_owner' as const, at });
const append = (topic: string, at: number) => log.append(topic, 'stream:stopped', stopped(at));
const times = (events: readonly KeptEvent[]) => events.map(({ body }) => (body as { at: number }).at);

describe('EventLog', () => {
  it('gives events of a topic rising offsets in one epoch', async () => {
    const first = await append('one', 1);
    const second = await append('one', 2);
    expect(first.offset).toBe(1);
    expect(second).toEqual({ epoch: first.epoch, offset: 2 });
    expect(await log.position('one')).toEqual(second);
  });

  it('knows a place before the first event', async () => {
    const before = await log.position('early');
    expect(before.offset).toBe(0);
    await append('early', 1);
    const { events, reset } = await log.since('early', before);
    expect(reset).toBe(false);
    expect(times(events)).toEqual([1]);
  });

  it('returns what came after a place, in order', async () => {
    const place = await append('since', 1);
    for (const at of [2, 3, 4]) await append('since', at);
    const { events, reset, position } = await log.since('since', place);
    expect({ times: times(events), reset }).toEqual({ times: [2, 3, 4], reset: false });
    expect(position.offset).toBe(4);
  });

  it('cannot tell what was missed after a place of another epoch, of the future, or that was dropped', async () => {
    const { epoch } = await append('lost', 1);
    const many = KEPT_EVENTS_PER_TOPIC + 500;
    for (let at = 2; at <= many; at += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, n) => append('lost', at + n)));
    }
    const places: EventPosition[] = [
      { epoch: 'other', offset: 1 },
      { epoch, offset: many + 200 },
      { epoch, offset: 0 },
    ];
    for (const place of places) expect(await log.since('lost', place)).toMatchObject({ reset: true, events: [] });
    const { offset } = await log.position('lost');
    const far = { epoch, offset: offset - KEPT_EVENTS_PER_TOPIC };
    expect(await log.since('lost', far)).toMatchObject({ reset: false });
  });

  it('leaves out what was erased, and counts on', async () => {
    const place = await append('erased', 1);
    const wrong = await append('erased', 2);
    await append('erased', 3);
    await log.erase('erased', wrong.offset);
    expect(times((await log.since('erased', place)).events)).toEqual([3]);
  });

  it('does not miss what was erased, be it the first of all', async () => {
    const before = await log.position('first');
    const wrong = await append('first', 1);
    await append('first', 2);
    await log.erase('first', wrong.offset);
    const { events, reset } = await log.since('first', before);
    expect({ times: times(events), reset }).toEqual({ times: [2], reset: false });
  });

  it('cannot tell what was missed when all of it ran out, be it that new events came since', async () => {
    const before = await log.position('gone');
    for (const at of [1, 2]) await append('gone', at);
    await handle.commands.del(eventKeys('gone').events); // as its time running out does
    expect(await log.since('gone', before)).toMatchObject({ reset: true });
    const next = await append('gone', 3);
    expect(await log.since('gone', before)).toMatchObject({ reset: true });
    expect(await log.since('gone', { ...next, offset: 2 })).toMatchObject({ reset: false });
  });

  it('goes on from places of an epoch that ended with the Redis server, and takes back what that server lost', async () => {
    const kept = await append('restart', 1);
    const { eventHead } = eventKeys('restart');
    await append('restart', 2);
    // Another server goes on with the data of a moment ago: it never saw the second event.
    const { events: stream } = eventKeys('restart');
    const [first] = await handle.commands.xrange(stream, '-', '+', 'COUNT', 1);
    await handle.commands.del(stream);
    await handle.commands.xadd(stream, '1-0', ...(first?.[1] ?? []));
    await handle.commands.hset(eventHead, 'run', 'feed', 'offset', '1');
    const fresh = await append('restart', 3);
    expect(fresh.epoch).not.toBe(kept.epoch);
    expect(fresh.offset).toBe(2);
    for (const offset of [1, 2]) {
      const { events, reset } = await log.since('restart', { epoch: kept.epoch, offset });
      expect({ times: times(events), reset }).toEqual({ times: [3], reset: false });
    }
    const { events: all } = await log.since('restart', { epoch: kept.epoch, offset: 0 });
    expect(all.map(({ position }) => position)).toEqual([kept, fresh]);
  });
});

describe('EventFeed', () => {
  it('tells every follower on every node the same events in the same order', async () => {
    const feeds = [new EventFeed({ handle }), new EventFeed({ handle })];
    const heard: number[][] = [[], []];
    const followings = await Promise.all(
      feeds.map((feed, node) => feed.follow('both', (event) => heard[node]?.push(event.position.offset))),
    );
    await Promise.all(Array.from({ length: 50 }, (_, at) => append('both', at)));
    await until(() => heard.every((offsets) => offsets.length === 50), { what: 'both nodes heard all' });
    const inOrder = Array.from({ length: 50 }, (_, index) => index + 1);
    expect(heard).toEqual([inOrder, inOrder]);
    expect(followings.map(({ position }) => position.offset)).toEqual([50, 50]);
    for (const feed of feeds) feed.close();
  });

  it('follows a topic only as long as somebody listens', async () => {
    const feed = new EventFeed({ handle });
    const first = await feed.follow('short', () => undefined);
    const second = await feed.follow('short', () => undefined);
    first.close();
    first.close();
    expect(feed.size).toBe(1);
    second.close();
    expect(feed.size).toBe(0);
    const channel = eventKeys('short').eventChannel;
    await until(async () => (await handle.commands.pubsub('NUMSUB', channel))[1] === 0, {
      what: 'the subscription ends',
    });
    feed.close();
  });

  it('goes on after a listener that throws, for this one and the others', async () => {
    const faults: unknown[] = [];
    const feed = new EventFeed({ handle, onFault: (error) => faults.push(error) });
    const heard: number[] = [];
    await feed.follow('faulty', () => {
      throw new Error('no');
    });
    await feed.follow('faulty', ({ position }) => heard.push(position.offset));
    await append('faulty', 1);
    await append('faulty', 2);
    await until(() => heard.length === 2, { what: 'the other listener hears both' });
    expect(faults).toHaveLength(2);
    feed.close();
  });

  it('brings what was kept while its connection was cut', async () => {
    const feed = new EventFeed({ handle });
    const heard: number[] = [];
    await feed.follow(DIRECTORY_TOPIC, ({ position }) => heard.push(position.offset));
    await append(DIRECTORY_TOPIC, 1);
    await until(() => heard.length === 1, { what: 'the first event' });
    await handle.commands.client('KILL', 'TYPE', 'PUBSUB');
    await append(DIRECTORY_TOPIC, 2);
    await append(DIRECTORY_TOPIC, 3);
    await until(() => heard.length === 3, { what: 'the feed catches up' });
    expect(heard).toEqual([1, 2, 3]);
    feed.close();
  });

  it('goes on over a Redis that crashed and came back', async () => {
    const feed = new EventFeed({ handle });
    const heard: number[] = [];
    await feed.follow('crash', ({ body }) => heard.push((body as { at: number }).at));
    await append('crash', 1);
    await until(() => heard.length === 1, { what: 'the first event' });
    await redis.restart();
    await until(
      () =>
        append('crash', 2).then(
          () => true,
          () => false,
        ),
      { what: 'Redis answers again' },
    );
    await until(() => heard.includes(2), { what: 'the event after the restart' });
    expect(heard.filter((at) => at === 1)).toHaveLength(1);
    feed.close();
  });
});
