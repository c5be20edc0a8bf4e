import { BroadcastRegistry, publisherToken } from '@awaz/infra/broadcasts';
import { cutForPartTarget, LISTEN_TOKEN_PATTERN, parseLadder } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MadeUpBroadcast } from '../origin/test/made-up-broadcast.ts';
import { ApiClient, type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';
import { connectLive } from '../test/live-client.ts';
import { MAX_LISTEN_TOKENS } from './index.ts';

let redis: TestRedis;
let handle: RedisHandle;
let nodes: [ApiNode, ApiNode];
let people: People;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  const secret = { JWT_SECRET: 'a secret that both nodes know, long enough' };
  nodes = [await startApiNode(redis, secret), await startApiNode(redis, secret)];
  people = await gatherPeople(nodes[0], handle);
}, 60_000);
afterAll(async () => {
  people.close();
  for (const node of nodes) await node.close();
  await redis.close();
});

const statusOf = async (node: ApiNode, path: string) => (await fetch(node.origin + path)).status;

describe('listen tokens over REST', () => {
  it('are told once, play the station by their address, are listed without the token, and revoked at once', async () => {
    await people.addStation('closed', { public: false });
    const { client } = people.byActor.owner;
    const made = await client.post('/stations/closed/listen-tokens', { label: ' for Ann ', expiresInSeconds: 600 });
    const { token, url, ...record } = made.body;
    expect(made.status).toBe(201);
    expect(token).toMatch(LISTEN_TOKEN_PATTERN);
    expect(record).toMatchObject({ label: 'for Ann', lastUsedAt: null, expiresAt: record.createdAt + 600_000 });
    expect((await client.ask('/stations/closed/listen-tokens')).body.tokens).toEqual([record]);
    await MadeUpBroadcast.onAir(handle, { station: 'closed' });
    for (const node of nodes) expect(await statusOf(node, url)).toBe(200);
    const [used] = (await client.ask('/stations/closed/listen-tokens')).body.tokens;
    expect(used).toEqual({ ...record, lastUsedAt: expect.any(Number) });
    const told = (path: string) => statusOf(nodes[1], `/api/v1/stations/${path}`);
    expect(await told(`closed?token=${token}`)).toBe(200);
    expect(await told('closed')).toBe(404);
    expect(await told(`closed/chat?token=${token}`)).toBe(404);
    await people.addStation('closed-too', { public: false });
    expect(await told(`closed-too?token=${token}`)).toBe(404);
    const gone = await client.ask(`/stations/closed/listen-tokens/${record.id}`, { method: 'DELETE' });
    expect(gone.status).toBe(204);
    for (const node of nodes) expect(await statusOf(node, url)).toBe(404);
    expect(await told(`closed?token=${token}`)).toBe(404);
    const { items } = (await client.ask('/stations/closed/audit?limit=2')).body;
    expect(items).toMatchObject([
      { action: 'listen_token.revoked', target: record.id },
      { action: 'listen_token.made', target: record.id, after: { label: 'for Ann' } },
    ]);
    expect(JSON.stringify(items)).not.toContain(token);
  });

  it('are a limited number, in which those that have expired do not count', async () => {
    await people.addStation('many', { public: false });
    const { client } = people.byActor.owner;
    const make = (body: object = {}) => client.post('/stations/many/listen-tokens', body);
    const brief = (await make({ expiresInSeconds: 1 })).body;
    for (let made = 1; made < MAX_LISTEN_TOKENS; made++) expect((await make()).status).toBe(201);
    await until(() => Date.now() > brief.expiresAt, { what: 'the first one expires' });
    expect((await make()).status).toBe(201);
    expect((await make()).body.code).toBe('limit_reached');
    expect((await client.ask('/stations/many/listen-tokens/nothing', { method: 'DELETE' })).body.code).toBe(
      'not_found',
    );
  });
});

describe('a private station', () => {
  it('is shown to those who may listen and to nobody else', async () => {
    await people.addStation('quiet', { public: false, title: 'Quiet' });
    for (const actor of ['member', 'moderator', 'owner', 'admin'] as const) {
      const { status, body } = await people.byActor[actor].client.ask('/stations/quiet');
      expect([actor, status, body.title]).toEqual([actor, 200, 'Quiet']);
    }
    for (const client of [new ApiClient(nodes[1].origin), people.byActor.account.client]) {
      for (const path of ['/stations/quiet', '/stations/quiet/events', '/stations/quiet/listen-tokens']) {
        expect([path, (await client.ask(path)).body.code]).toEqual([path, 'unknown_station']);
      }
    }
  });

  it('is announced to nobody by the directory, over REST, SSE or sockets', async () => {
    await people.addStation('hidden', { public: false });
    await people.addStation('open');
    const live = await connectLive(nodes[1].origin);
    const { stations } = await live.call('directory:join');
    expect(JSON.stringify(stations)).not.toContain('hidden');
    expect(await live.call('stream:join', { station: 'hidden' })).toMatchObject({ error: { code: 'unknown_station' } });
    const abort = new AbortController();
    const events = await fetch(`${nodes[0].origin}/api/v1/events`, { signal: abort.signal });
    let told = '';
    const reading = (async () => {
      for await (const bytes of events.body ?? []) told += Buffer.from(bytes).toString();
    })().catch(() => undefined);
    for (const station of ['hidden', 'open']) await goLive(station);
    await until(() => told.includes('open') && live.heard.length > 0, { what: 'the public station is announced' });
    for (const station of ['hidden', 'open']) await end(station);
    await until(() => told.includes('stream:stopped') && live.heard.length > 1, { what: 'its end is announced' });
    const { body } = await new ApiClient(nodes[0].origin).ask('/stations');
    for (const text of [told, JSON.stringify(live.heard), JSON.stringify(body)]) expect(text).not.toContain('hidden');
    abort.abort();
    await reading;
    live.close();
  });
});

async function goLive(station: string): Promise<void> {
  const cut = cutForPartTarget(192);
  const wish = { token: publisherToken('key'), takeover: false, ladder: parseLadder('64k'), cut, openedBy: 'key' };
  const registry = new BroadcastRegistry(handle);
  const opened = await registry.open(station, wish);
  if (!('record' in opened)) throw new Error(opened.outcome);
  await registry.markOnAir(station, opened.record.broadcastId);
}

async function end(station: string): Promise<void> {
  const registry = new BroadcastRegistry(handle);
  const record = await registry.get(station);
  await registry.end(station, record?.broadcastId ?? '', 'ended_by_owner');
}
