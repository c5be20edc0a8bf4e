import { describe, expect, it } from '@jest/globals';
import { startTestRedis, until } from '../testkit/index.ts';
import { ControlBus, RedisHandle, tailStream } from './index.ts';

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
