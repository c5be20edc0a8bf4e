import { createRegistry } from '@awaz/infra/runtime';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient, type ApiNode, startApiNode } from '../test/api-node.ts';
import { LIMITS, networkOf, RateLimits } from './index.ts';

let redis: TestRedis;
let node: ApiNode;

beforeAll(async () => {
  redis = await startTestRedis();
  node = await startApiNode(redis, {}, { scale: 1 });
});
afterAll(async () => {
  await node.close();
  await redis.close();
});

const most = LIMITS['chat:send'].subject.points;

async function limits(from: TestRedis): Promise<RateLimits> {
  const handle = from.handle();
  await handle.commands.ping();
  return new RateLimits({ handle, metrics: createRegistry('test') });
}

async function taken(some: RateLimits, who: [subject: string, address: string], times: number): Promise<number> {
  const [subject, address] = who;
  let count = 0;
  for (let i = 0; i < times; i++)
    count += await some.take('chat:send', subject, address).then(
      () => 1,
      () => 0,
    );
  return count;
}

describe('RateLimits', () => {
  it('count a subject over all nodes, and say when to try again', async () => {
    const [here, there] = [await limits(redis), await limits(redis)];
    expect(await taken(here, ['ann', '192.0.2.1'], most - 2)).toBe(most - 2);
    expect(await taken(there, ['ann', '192.0.2.1'], 5)).toBe(2);
    const refusal = await here.take('chat:send', 'ann', '192.0.2.1').catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'rate_limited', message: expect.stringMatching(/Try again in \d+ s/) });
    const { retryAfterMs } = refusal as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(LIMITS['chat:send'].subject.seconds * 1000);
    expect(await taken(here, ['bob', '192.0.2.1'], 1)).toBe(1);
  });

  it('count an address over its subjects, a whole IPv6 /64 as one', async () => {
    const some = await limits(redis);
    const all = LIMITS['chat:send'].address.points;
    let count = 0;
    for (let i = 0; i < all + 10; i++) count += await taken(some, [`guest-${i}`, `2001:db8::${i.toString(16)}`], 1);
    expect(count).toBe(all);
    expect(networkOf('::ffff:192.0.2.1')).toBe('::ffff:192.0.2.1');
    expect(await taken(some, ['guest-x', '2001:db8:0:1::1'], 1)).toBe(1);
  });

  it('go on by themselves while Redis is away', async () => {
    const own = await startTestRedis();
    const handle = own.handle();
    await handle.commands.ping();
    const some = new RateLimits({ handle, metrics: createRegistry('test') });
    await own.kill();
    await until(() => handle.commands.status !== 'ready');
    expect(await taken(some, ['ann', '192.0.2.1'], most + 5)).toBe(most);
    await own.close();
  });
});

describe('guessing passwords', () => {
  it('is slowed down for the account from one place, also with the right password, and told by Retry-After', async () => {
    const client = new ApiClient(node.origin);
    await client.register('guessed');
    const login = (password: string, email = 'guessed@example.org') => client.post('/auth/login', { email, password });
    for (let i = 0; i < 3; i++) expect((await login('correct horse')).status).toBe(200);
    const { points } = LIMITS['auth:sign-in'].subject;
    for (let i = 0; i < points; i++) expect((await login(`guess ${i}`)).body.code).toBe('bad_credentials');
    const refused = await login('correct horse');
    expect([refused.status, refused.body.code]).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await login('x', 'other@example.org')).body.code).toBe('bad_credentials');
  });
});
