import { STREAM_KEY_PATTERN } from '@awaz/infra/contract';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient, type ApiNode, startApiNode } from '../test/api-node.ts';
import { TestClient } from '../test/ingest-client.ts';
import { startFakeTranscoder } from '../test/ingest-node.ts';
import { MAX_OWN_STATIONS } from './index.ts';

let redis: TestRedis;
let node: ApiNode;

beforeAll(async () => {
  redis = await startTestRedis();
  node = await startApiNode(redis);
});
afterAll(async () => {
  await node.close();
  await redis.close();
});

async function person(name: string): Promise<ApiClient> {
  const client = new ApiClient(node.origin);
  await client.register(name);
  return client;
}

describe('a station made over REST', () => {
  it('belongs to whoever made it, who becomes an owner', async () => {
    const ann = await person('ann');
    const made = await ann.post('/stations', { slug: 'anns', title: 'Ann’s', profile: 'safe' });
    const shown = { slug: 'anns', title: 'Ann’s', public: true, profile: 'safe' };
    expect([made.status, made.body]).toEqual([201, { ...shown, createdAt: expect.any(Number) }]);
    expect((await ann.ask('/me')).body.role).toBe('owner');
    expect((await ann.ask('/me/stations')).body.stations).toEqual([made.body]);
    expect((await ann.ask('/stations/anns')).body).toMatchObject({ slug: 'anns', live: false });
    const bob = await person('bob');
    expect((await bob.post('/stations', { slug: 'anns' })).body.code).toBe('station_exists');
    expect((await bob.ask('/stations/anns', { method: 'DELETE' })).body.code).toBe('forbidden');
    expect((await bob.ask('/me/stations')).body.stations).toEqual([]);
  });

  it('is made once when the request is repeated with its Idempotency-Key', async () => {
    const carl = await person('carl');
    const headers = { 'Idempotency-Key': 'once' };
    const [first, again] = [
      await carl.post('/stations', { slug: 'carls' }, { headers }),
      await carl.post('/stations', { slug: 'carls' }, { headers }),
    ];
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect((await carl.post('/stations', { slug: 'other' }, { headers })).body.code).toBe('conflict');
  });

  it('changes and goes, and the audit log has it', async () => {
    const dan = await person('dan');
    await dan.post('/stations', { slug: 'dans', title: 'Old' });
    const patch = (body: unknown) => dan.ask('/stations/dans', { method: 'PATCH', body });
    expect((await patch({ title: 'New', profile: 'ultra', slug: 'x' })).body).toMatchObject({
      ...{ slug: 'dans', title: 'New', profile: 'ultra' },
    });
    expect((await patch({ profile: 'default' })).body).toMatchObject({ title: 'New', profile: null });
    expect((await patch({ title: 'a\nb' })).body.code).toBe('bad_request');
    const { items } = (await dan.ask('/stations/dans/audit?limit=1')).body;
    expect(items[0]).toMatchObject({
      action: 'station.changed',
      before: { profile: 'ultra' },
      after: { profile: null },
    });
    expect((await dan.ask('/stations/dans', { method: 'DELETE' })).status).toBe(204);
    expect((await dan.ask('/stations/dans')).body.code).toBe('unknown_station');
  });

  it('that is private is known to its owner alone', async () => {
    const eve = await person('eve');
    await eve.post('/stations', { slug: 'hidden', public: false });
    expect((await eve.ask('/stations/hidden/keys')).status).toBe(200);
    const fay = await person('fay');
    for (const path of ['/stations/hidden', '/stations/hidden/keys', '/stations/hidden/audit']) {
      expect([path, (await fay.ask(path)).body.code]).toEqual([path, 'unknown_station']);
    }
  });

  it('is one of a limited number', async () => {
    const gus = await person('gus');
    for (let i = 0; i < MAX_OWN_STATIONS; i++)
      expect((await gus.post('/stations', { slug: `gus-${i}` })).status).toBe(201);
    expect((await gus.post('/stations', { slug: 'gus-more' })).body.code).toBe('limit_reached');
  });
});

describe('stream keys over REST', () => {
  it('are told once, listed without the key, and revoked at once: their publisher is cut off', async () => {
    const transcoder = await startFakeTranscoder(redis);
    const hal = await person('hal');
    await hal.post('/stations', { slug: 'hals' });
    const made = await hal.post('/stations/hals/keys', { label: 'studio' });
    expect([made.status, made.body.key]).toEqual([201, expect.stringMatching(STREAM_KEY_PATTERN)]);
    const { key, ...record } = made.body;
    expect((await hal.ask('/stations/hals/keys')).body.keys).toEqual([record]);
    const publisher = new TestClient(`127.0.0.1:${node.port}`, 'hals', { key });
    await publisher.hello();
    expect((await hal.ask(`/stations/hals/keys/${record.id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await publisher.refused()).toMatchObject({ code: 'key_revoked' });
    const [after] = (await hal.ask('/stations/hals/keys')).body.keys;
    expect(after).toMatchObject({ lastUsedAt: expect.any(Number), revokedAt: expect.any(Number) });
    expect((await hal.ask('/stations/hals/keys/nothing', { method: 'DELETE' })).body.code).toBe('not_found');
    await transcoder.close();
  });
});
