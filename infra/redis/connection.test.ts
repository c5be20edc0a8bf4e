import { describe, expect, it } from '@jest/globals';
import type { Logger } from '../runtime/index.ts';
import { startTestRedis, until } from '../testkit/index.ts';
import { ControlBus, logOutages, RedisHandle, tailStream } from './index.ts';

describe('RedisHandle', () => {
  it('fails a prompt command soon, and closes, when there is no Redis', async () => {
    const handle = new RedisHandle('redis://127.0.0.1:1');
    await expect(handle.commands.get('x')).rejects.toThrow('max retries');
    await handle.close();
    await handle.close();
  });

  it('closes with everything on it while Redis is away', async () => {
    const redis = await startTestRedis();
    const handle = new RedisHandle(redis.url);
    await handle.commands.ping();
    const bus = new ControlBus(handle);
    const abort = new AbortController();
    const tail = tailStream(handle, { key: 'nothing', afterId: '0', signal: abort.signal });
    const read = tail.next();
    const waiting = handle.connect('patient');
    await until(() => waiting.status === 'ready');
    await redis.kill();
    await until(() => waiting.status === 'reconnecting');
    const answer = waiting.get('x');
    waiting.disconnect();
    await expect(answer).rejects.toThrow('closed');
    abort.abort();
    expect(await read).toEqual({ done: true, value: undefined });
    bus.close();
    await handle.close();
    await redis.close();
  });
});

describe('an outage of Redis', () => {
  it('is logged once when it begins, and once when it is over', async () => {
    const redis = await startTestRedis();
    const told: string[] = [];
    const logger = {
      warn: (_facts: object, text: string) => told.push(text),
      info: (text: string) => told.push(text),
    } as unknown as Logger;
    const handle = new RedisHandle(redis.url);
    logOutages(handle, logger);
    await handle.commands.ping();
    expect(told).toEqual([]);
    await redis.kill();
    let attempts = 0;
    handle.commands.on('error', () => {
      attempts += 1;
    });
    await until(() => attempts >= 3);
    expect(told).toEqual(['Redis does not answer; it is tried again and again']);
    await redis.restart();
    await until(() => told.length === 2);
    expect(told[1]).toBe('Redis answers again');
    await handle.close();
    await redis.close();
  });
});
