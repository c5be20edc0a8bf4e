import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RedisHandle, TRANSCODERS_KEY } from '../redis/index.ts';
import { startTestRedis, type TestRedis } from '../testkit/index.ts';
import { TranscoderRoll } from './index.ts';

let redis: TestRedis;
let handle: RedisHandle;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
});

afterAll(() => redis.close());

describe('TranscoderRoll', () => {
  it('counts the free slots of the living only', async () => {
    const roll = new TranscoderRoll(handle);
    expect(await roll.freeSlots()).toBe(0);
    await roll.beat({ id: 't1', slots: 4, busy: 1 });
    await roll.beat({ id: 't2', slots: 2, busy: 2 });
    await handle.commands.hset(TRANSCODERS_KEY, 'dead', '1000 {"id":"dead","slots":9,"busy":0}');
    expect(await roll.freeSlots()).toBe(3);
    expect(await handle.commands.hexists(TRANSCODERS_KEY, 'dead')).toBe(0);
    await roll.leave('t1');
    expect(await roll.live()).toEqual([{ id: 't2', slots: 2, busy: 2 }]);
    expect(await roll.freeSlots()).toBe(0);
  });
});
