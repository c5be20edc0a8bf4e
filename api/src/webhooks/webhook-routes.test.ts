import { EventLog } from '@awaz/infra/events';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';
import { startReceiver, type WebhookReceiver } from '../test/webhook-receiver.ts';

let redis: TestRedis;
let handle: RedisHandle;
let node: ApiNode;
let people: People;
let receiver: WebhookReceiver;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  node = await startApiNode(redis, { WEBHOOK_ALLOW_PRIVATE: 'true' });
  people = await gatherPeople(node, handle);
  receiver = await startReceiver();
}, 60_000);
afterAll(async () => {
  people.close();
  await node.close();
  await receiver.close();
  await redis.close();
});

describe('webhooks over REST', () => {
  it('are made with a secret that is told once, tested, told, sent again, changed and removed', async () => {
    await people.addStation('hooks');
    const { client } = people.byActor.owner;
    const path = '/stations/hooks/webhooks';
    const made = await client.post(path, { url: receiver.url, events: ['title', 'live', 'title'] });
    const { secret, ...webhook } = made.body;
    expect([made.status, secret]).toEqual([201, expect.stringMatching(/^whsec_[\w+/]{43}=$/)]);
    expect(webhook).toMatchObject({ url: receiver.url, events: ['live', 'title'], disabledAt: null });
    expect((await client.ask(path)).body.webhooks).toEqual([webhook]);

    const one = `${path}/${webhook.id}`;
    const tested = (await client.post(`${one}/test`)).body;
    expect(tested).toMatchObject({ type: 'test', status: 200, error: null });
    const [test] = await receiver.got(1, 'test');
    expect(test?.json).toMatchObject({ type: 'test', station: 'hooks', data: {} });

    const body = { show: 'Morning', host: null, track: null, at: Date.now() };
    await new EventLog(handle).append('hooks', 'stream:metadata', body);
    const [title] = await receiver.got(1, 'title');
    expect(title?.json.data).toEqual(body);
    const deliveries = await until(async () => {
      const all = (await client.ask(`${one}/deliveries`)).body.deliveries;
      return all.length === 2 && all;
    });
    expect(deliveries).toMatchObject([{ type: 'title', body: title?.body }, tested]);
    expect((await client.post(`${one}/deliveries/${deliveries[0].messageId}/redeliver`)).status).toBe(204);
    const [, again] = await receiver.got(2, 'title');
    expect([again?.body, again?.headers['webhook-id']]).toEqual([title?.body, title?.headers['webhook-id']]);

    const rotated = await client.post(`${one}/secret`, {});
    expect([rotated.status, rotated.body.secret]).toEqual([201, expect.stringMatching(/^whsec_[\w+/]{43}=$/)]);
    expect(rotated.body.secret).not.toBe(secret);
    const aDay = 24 * 3_600_000;
    expect(Math.abs(rotated.body.previousSecretUntil - Date.now() - aDay)).toBeLessThan(60_000);

    const off = await client.ask(one, { method: 'PATCH', body: { enabled: false } });
    expect(off.body).toMatchObject({ disabledAt: expect.any(Number), disabledReason: 'switched off by its owner' });
    expect((await client.ask(one, { method: 'DELETE' })).status).toBe(204);
    for (const rest of ['', '/deliveries']) {
      expect((await client.ask(`${one}${rest}`, { method: rest === '' ? 'DELETE' : 'GET' })).body.code).toBe(
        'not_found',
      );
    }
    expect((await client.post(`${one}/deliveries/x/redeliver`)).body.code).toBe('not_found');
    const { items } = (await client.ask('/stations/hooks/audit?limit=4')).body;
    expect(items.map(({ action }: { action: string }) => action)).toEqual([
      ...['webhook.removed', 'webhook.changed', 'webhook.secret_rotated', 'webhook.made'],
    ]);
    expect(JSON.stringify(items)).not.toMatch(/whsec_/);
  });

  it('need an address and something to tell', async () => {
    await people.addStation('wrong');
    const { client } = people.byActor.owner;
    for (const body of [
      {},
      { url: receiver.url, events: [] },
      { url: 'ftp://example.org/', events: ['live'] },
      { url: 'no address', events: ['live'] },
      { url: receiver.url, events: ['nothing'] },
    ]) {
      expect((await client.post('/stations/wrong/webhooks', body)).body.code).toBe('bad_request');
    }
  });
});
