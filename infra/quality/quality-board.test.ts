import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RedisHandle, stationKeys } from '../redis/index.ts';
import { startTestRedis, type TestRedis, until } from '../testkit/index.ts';
import { QualityBoard } from './index.ts';

let redis: TestRedis;
let handle: RedisHandle;
let board: QualityBoard;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  board = new QualityBoard(handle);
});
afterAll(() => redis.close());

describe('QualityBoard', () => {
  it('knows the newest figures of each source', async () => {
    await board.tell('one', 'ingest', { kbps: 1 });
    await board.tell('one', 'ingest', { kbps: 2, text: 'a b' });
    await board.tell('one', 'listeners:n1', { listeners: 3 });
    await board.tell('other', 'encoder', { speed: 1 });
    expect(await board.read('one')).toEqual(
      new Map<string, object>([
        ['ingest', { kbps: 2, text: 'a b' }],
        ['listeners:n1', { listeners: 3 }],
      ]),
    );
    expect(await board.read('nowhere')).toEqual(new Map());
  });

  it('forgets what nobody tells again, while others go on', async () => {
    await board.tell('half', 'listeners:dead', { listeners: 1 });
    await until(
      async () => {
        await board.tell('half', 'listeners:alive', { listeners: 2 });
        return !(await board.read('half')).has('listeners:dead');
      },
      { everyMs: 100, what: 'the dead one is forgotten' },
    );
    expect([...(await board.read('half')).keys()]).toEqual(['listeners:alive']);
    const { quality } = stationKeys('half');
    await until(async () => (await handle.commands.exists(quality)) === 0, { what: 'nothing is left in the end' });
  });
});
