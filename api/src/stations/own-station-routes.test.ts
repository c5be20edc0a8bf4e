import { STREAM_KEY_PATTERN } from '@awaz/infra/contract';
import { EventLog } from '@awaz/infra/events';
import { stationKeys } from '@awaz/infra/redis';
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
    const shown = { slug: 'anns', title: 'Ann’s', public: true, profile: 'safe', version: 1 };
    const nothing = {
      description: '',
      language: null,
      tags: [],
      ladder: null,
      artwork: null,
      limiter: true,
      lateAudio: 'drop',
    };
    expect([made.status, made.body]).toEqual([201, { ...shown, ...nothing, createdAt: expect.any(Number) }]);
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

  it('may have a chat that is closed to guests from the beginning', async () => {
    const liz = await person('liz');
    const chat = { mode: 'members', slowSeconds: 5 };
    expect((await liz.post('/stations', { slug: 'lizs', chat: { mode: 'all' } })).body.code).toBe('bad_request');
    expect((await liz.post('/stations', { slug: 'lizs', chat })).status).toBe(201);
    expect((await liz.ask('/stations/lizs/chat/settings')).body).toMatchObject({ ...chat, links: 'everyone' });
  });

  it('changes and goes, and the audit log has it', async () => {
    const dan = await person('dan');
    await dan.post('/stations', { slug: 'dans', title: 'Old' });
    const patch = (body: unknown) => dan.ask('/stations/dans', { method: 'PATCH', body });
    expect((await patch({ title: 'New', profile: 'ultra', slug: 'x' })).body).toMatchObject({
      ...{ slug: 'dans', title: 'New', profile: 'ultra' },
    });
    expect((await patch({ profile: 'default' })).body).toMatchObject({ title: 'New', profile: null });
    expect((await patch({ lateAudio: 'keep' })).body).toMatchObject({ title: 'New', lateAudio: 'keep' });
    expect((await patch({ lateAudio: 'perhaps' })).body.code).toBe('bad_request');
    expect((await patch({ limiter: false })).body).toMatchObject({ title: 'New', limiter: false });
    expect((await patch({ limiter: 'off' })).body.code).toBe('bad_request');
    expect((await dan.ask('/me/stations')).body.stations[0]).toMatchObject({ limiter: false });
    expect((await patch({ title: 'a\nb' })).body.code).toBe('bad_request');
    const { items } = (await dan.ask('/stations/dans/audit?limit=1')).body;
    expect(items[0]).toMatchObject({
      action: 'station.changed',
      before: { limiter: true },
      after: { limiter: false },
    });
    const log = new EventLog(redis.handle());
    const author = { id: 'g', name: 'Guest', role: 'guest' } as const;
    const before = await log.position('dans');
    await log.append('dans', 'chat:message', { author, text: 'nobody may read this later', at: 1 });
    expect((await dan.ask('/stations/dans', { method: 'DELETE' })).status).toBe(204);
    expect(await log.since('dans', before)).toMatchObject({ events: [], reset: true });
    expect((await dan.ask('/stations/dans')).body.code).toBe('unknown_station');
  });

  it('has a description, a language, tags and a ladder, each in one form only', async () => {
    const ida = await person('ida');
    const facts = {
      description: ' Two\r\nlines ',
      language: 'EN-gb',
      tags: [' Jazz', 'jazz', 'Hip  Hop', ''],
      ladder: '128k, 64k',
    };
    const kept = { description: 'Two\nlines', language: 'en-GB', tags: ['jazz', 'hip hop'], ladder: '64k,128k' };
    expect((await ida.post('/stations', { slug: 'idas', ...facts })).body).toMatchObject(kept);
    const patch = (body: unknown) => ida.ask('/stations/idas', { method: 'PATCH', body });
    expect((await patch({ tags: ['rock'], language: 'ur-latn' })).body).toMatchObject({
      tags: ['rock'],
      language: 'ur-Latn',
    });
    expect((await patch({ language: null, ladder: null, tags: [] })).body).toMatchObject({
      ...{ description: 'Two\nlines', language: null, ladder: null, tags: [] },
    });
    for (const wrong of [
      { language: 'not a language' },
      { ladder: '5k' },
      { tags: Array.from({ length: 11 }, (_, tag) => `tag ${tag}`) },
      { tags: ['x'.repeat(31)] },
      { description: 'x'.repeat(501) },
      { description: 'a\u0007' },
    ]) {
      expect((await patch(wrong)).body.code).toBe('bad_request');
    }
  });

  it('is not changed by who does not know its newest version', async () => {
    const jan = await person('jan');
    const { version } = (await jan.post('/stations', { slug: 'jans' })).body;
    const patch = (title: string, match: string) =>
      jan.ask('/stations/jans', { method: 'PATCH', body: { title }, headers: { 'If-Match': match } });
    expect((await patch('One', `"${version}"`)).body).toMatchObject({ title: 'One', version: version + 1 });
    expect((await patch('Two', String(version))).body.code).toBe('conflict');
    expect((await patch('Three', '*')).body).toMatchObject({ title: 'Three', version: version + 2 });
    expect((await patch('Four', 'W/x')).body.code).toBe('bad_request');
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

  it('are rotated with an overlap, after which the old one is revoked by itself', async () => {
    const transcoder = await startFakeTranscoder(redis);
    const kim = await person('kim');
    await kim.post('/stations', { slug: 'kims' });
    const old = (await kim.post('/stations/kims/keys', { label: 'studio' })).body;
    const rotate = (id: string, body: unknown) => kim.post(`/stations/kims/keys/${id}/rotate`, body);
    const fresh = await rotate(old.id, { overlapMinutes: 1 });
    expect([fresh.status, fresh.body.label]).toEqual([201, 'studio']);
    const [before] = (await kim.ask('/stations/kims/keys')).body.keys;
    expect(before.revokedAt).toBeGreaterThan(Date.now());
    const publisher = new TestClient(`127.0.0.1:${node.port}`, 'kims', { key: old.key });
    const { broadcastId } = await publisher.hello();
    // The minute passes.
    const records = stationKeys('kims').streamKeys;
    const handle = redis.handle();
    const record = JSON.parse((await handle.commands.hget(records, old.id)) ?? '{}');
    await handle.commands.hset(records, old.id, JSON.stringify({ ...record, revokedAt: Date.now() }));
    expect(await publisher.refused()).toMatchObject({ code: 'key_revoked' });
    const late = new TestClient(`127.0.0.1:${node.port}`, 'kims', { key: old.key });
    await late.send(JSON.stringify({ type: 'hello', format: 'audio/wav' }));
    expect(await late.refused()).toMatchObject({ code: 'key_revoked' });
    expect((await rotate(old.id, {})).body.code).toBe('not_found');
    const next = new TestClient(`127.0.0.1:${node.port}`, 'kims', { key: fresh.body.key, takeover: '1' });
    expect((await next.hello()).broadcastId).not.toBe(broadcastId);
    expect((await rotate(fresh.body.id, { overlapMinutes: 0 })).status).toBe(201);
    expect(await next.refused()).toMatchObject({ code: 'key_revoked' });
    await transcoder.close();
  });
});

describe('people of a station', () => {
  it('are named by account or address, listed, changed and dismissed, which counts at once', async () => {
    const [lee, mia] = [await person('lee'), await person('mia')];
    await lee.post('/stations', { slug: 'lees', public: false });
    const { id } = (await mia.ask('/me')).body;
    const name = (body: unknown) => lee.post('/stations/lees/people', body);
    expect((await mia.ask('/stations/lees')).body.code).toBe('unknown_station');
    expect((await name({ email: 'MIA@example.org', role: 'member' })).body).toEqual({
      id,
      name: 'mia',
      role: 'member',
    });
    expect((await mia.ask('/stations/lees')).status).toBe(200);
    expect((await mia.ask('/stations/lees/quality')).body.code).toBe('forbidden');
    expect((await name({ account: id, role: 'moderator' })).status).toBe(200);
    expect((await mia.ask('/stations/lees/quality')).status).toBe(200);
    const lees = { slug: 'lees', title: 'lees', public: false, artwork: null, live: false };
    expect((await mia.ask('/me/roles')).body.stations).toEqual([{ ...lees, role: 'moderator' }]);
    expect((await lee.ask('/me/roles')).body.stations).toEqual([]);
    expect((await lee.ask('/stations/lees/people')).body.people).toEqual([{ id, name: 'mia', role: 'moderator' }]);
    expect((await mia.ask('/stations/lees/people')).body.code).toBe('forbidden');
    const dismiss = () => lee.ask(`/stations/lees/people/${id}`, { method: 'DELETE' });
    expect((await dismiss()).status).toBe(204);
    expect((await dismiss()).body.code).toBe('not_found');
    expect((await mia.ask('/me/roles')).body.stations).toEqual([]);
    expect((await mia.ask('/stations/lees')).body.code).toBe('unknown_station');
    expect((await name({ email: 'nobody@example.org', role: 'member' })).body.code).toBe('not_found');
    expect((await name({ role: 'member' })).body.code).toBe('bad_request');
    const { items } = (await lee.ask('/stations/lees/audit?limit=3')).body;
    expect(items.map(({ action }: { action: string }) => action)).toEqual([
      ...['person.dismissed', 'person.named', 'person.named'],
    ]);
  });
});
