import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BroadcastRegistry, publisherToken } from '../broadcasts/index.ts';
import { cutForPartTarget, type EventPosition, parseLadder } from '../contract/index.ts';
import { EventLog } from '../events/index.ts';
import { type RedisHandle, stationKeys } from '../redis/index.ts';
import { startTestRedis, type TestRedis } from '../testkit/index.ts';
import { AlarmBoard } from './index.ts';

let redis: TestRedis;
let handle: RedisHandle;
let board: AlarmBoard;
let registry: BroadcastRegistry;
let log: EventLog;
let begin: EventPosition;
let broadcast: { station: string; broadcastId: string };
let guard: { key: string; value: string };
let names = 0;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  board = new AlarmBoard(handle);
  registry = new BroadcastRegistry(handle);
  log = new EventLog(handle);
});
beforeEach(async () => {
  const station = `s${names++}`;
  const token = publisherToken('key');
  const facts = { ladder: parseLadder('64k'), cut: cutForPartTarget(192), openedBy: 'key' };
  const opened = await registry.open(station, { token, takeover: false, ...facts });
  if (!('record' in opened)) throw new Error(opened.outcome);
  broadcast = opened.record;
  guard = { key: stationKeys(station).publisher, value: token };
  begin = await log.position(station);
});
afterAll(() => redis.close());

const levels = async () =>
  (await log.since(broadcast.station, begin)).events.map(({ body }) => (body as { level: string }).level);

describe('AlarmBoard', () => {
  it('keeps a change as an event once, whoever sets it', async () => {
    const warn = { alarm: 'clipping', level: 'warn', since: 5 } as const;
    const answers = await Promise.all(Array.from({ length: 5 }, () => board.set(broadcast, guard, warn)));
    expect(answers.toSorted()).toEqual(['known', 'known', 'known', 'known', 'told']);
    expect(await board.set(broadcast, guard, { ...warn, level: 'off' })).toBe('told');
    const { events } = await log.since(broadcast.station, begin);
    expect(events.map(({ event, body }) => ({ event, body }))).toEqual([
      { event: 'stream:alarm', body: { ...warn, broadcastId: broadcast.broadcastId, at: expect.any(Number) } },
      { event: 'stream:alarm', body: expect.objectContaining({ alarm: 'clipping', level: 'off', since: 5 }) },
    ]);
  });

  it('remembers since when without telling, and tells nothing when what never was is over', async () => {
    expect(await board.set(broadcast, guard, { alarm: 'silence_on_air', level: 'off', since: 70 })).toBe('known');
    expect(await board.read(broadcast)).toEqual(new Map([['silence_on_air', { level: 'off', since: 70 }]]));
    expect(await levels()).toEqual([]);
  });

  it('takes nothing from who holds the station no more, nor after the end', async () => {
    const warn = { alarm: 'clipping', level: 'warn', since: 5 } as const;
    expect(await board.set(broadcast, { ...guard, value: 'another' }, warn)).toBe('refused');
    await registry.end(broadcast.station, broadcast.broadcastId, 'ended_by_owner');
    expect(await board.set(broadcast, guard, warn)).toBe('refused');
    expect(await board.read(broadcast)).toEqual(new Map());
    expect(await levels()).toEqual([]);
  });
});
