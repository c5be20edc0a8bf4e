import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import { AccountStore } from '../accounts/index.ts';
import { AccessTokens, ServerSecret } from '../auth/index.ts';
import { type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People, type Person } from '../test/api-people.ts';
import { connectLive, type LiveClient } from '../test/live-client.ts';

const JWT_SECRET = 'a secret that the test knows too, long enough';
const GRACE_MS = 1500;

let redis: TestRedis;
let node: ApiNode;
let people: People;
const clients: { close(): void }[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  node = await startApiNode(redis, { JWT_SECRET }, { realtime: { expiryGraceMs: GRACE_MS, expiryLookMs: 100 } });
  people = await gatherPeople(node, redis.handle());
  await people.addStation('closed', { public: false });
}, 60_000);

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(async () => {
  people.close();
  await node.close();
  await redis.close();
});

/** A token of somebody that lives so long. */
async function tokenOf({ id }: Person, seconds: number): Promise<string> {
  const { generation = 0 } = (await new AccountStore(redis.handle()).get(id)) ?? {};
  const tokens = new AccessTokens(new ServerSecret({ given: JWT_SECRET, dataDir: node.dataDir }), seconds);
  return (await tokens.issue({ accountId: id, generation })).accessToken;
}

async function connect(options: Parameters<typeof connectLive>[1]): Promise<LiveClient> {
  const client = await connectLive(node.origin, options);
  clients.push(client);
  return client;
}

describe('an event stream', () => {
  it('ends with the access token that opened it', async () => {
    const token = await tokenOf(people.byActor.member, 2);
    const url = `${node.origin}/api/v1/stations/closed/events`;
    const stream = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
    expect(stream.status).toBe(200);
    expect(await stream.text()).toMatch(/^retry: /);
    expect((await fetch(url, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(401);
  });
});

describe('a socket whose access token expires', () => {
  it('is told goodbye a little later, so that it comes back with a fresh one', async () => {
    const began = Date.now();
    const client = await connect({ auth: { token: await tokenOf(people.byActor.member, 2) } });
    const goodbye = new Promise((resolve) => client.socket.once('server:goodbye', resolve));
    await client.call('stream:join', { station: 'closed' });
    expect(await goodbye).toMatchObject({ code: 'token_expired', retryable: true });
    expect(Date.now() - began).toBeGreaterThan(GRACE_MS);
    await until(() => !client.socket.connected, { what: 'the end of the connection' });
  });

  it('stays when it was given a fresh one of the same account', async () => {
    const { member, owner } = people.byActor;
    const welcome = new Promise<{ tokenExpiresAt: number }>((resolve) => {
      const socket = io(node.origin, {
        transports: ['websocket'],
        forceNew: true,
        auth: { token: owner.client.token },
      });
      clients.push(socket);
      socket.once('server:welcome', resolve);
    });
    expect((await welcome).tokenExpiresAt).toBeGreaterThan(Date.now() + 600_000);
    const client = await connect({ auth: { token: await tokenOf(member, 2) } });
    let goodbyes = 0;
    client.socket.on('server:goodbye', () => goodbyes++);
    expect(await client.call('auth:renew', { token: owner.client.token })).toMatchObject({
      error: { code: 'forbidden' },
    });
    expect(await client.call('auth:renew', { token: 'no token' })).toMatchObject({
      error: { code: 'unauthenticated' },
    });
    const renewed = await client.call('auth:renew', { token: await tokenOf(member, 600) });
    expect(renewed).toMatchObject({ ok: true, you: { id: member.id } });
    expect(renewed.tokenExpiresAt).toBeGreaterThan(Date.now() + 500_000);
    const other = await connect({ auth: { token: await tokenOf(member, 2) } });
    await new Promise((resolve) => other.socket.once('server:goodbye', resolve));
    expect([client.socket.connected, goodbyes]).toEqual([true, 0]);
    expect(await client.call('stream:join', { station: 'closed' })).toMatchObject({ ok: true });
  });

  it('keeps its broadcast, but follows and may call nothing until it has a fresh one', async () => {
    const { owner } = people.byActor;
    const studio = await connect({ namespace: '/studio', auth: { token: await tokenOf(owner, 2) } });
    const closed: { station: string; code: string }[] = [];
    studio.socket.on('stream:closed', (told) => closed.push(told));
    await studio.call('stream:join', { station: 'closed' });
    expect(await studio.call('ingest:open', { station: 'closed', format: 'audio/webm;codecs=opus' })).toBeDefined();
    await until(() => closed.length === 1, { what: 'it is told', timeoutMs: 15_000 });
    expect(closed).toMatchObject([{ station: 'closed', code: 'token_expired' }]);
    expect(await studio.call('stream:stop', { station: 'closed' })).toMatchObject({ error: { code: 'token_expired' } });
    const fresh = { token: await tokenOf(owner, 600) };
    expect(await studio.call('auth:renew', fresh)).toMatchObject({ ok: true });
    expect(await studio.call('stream:join', { station: 'closed' })).toMatchObject({ ok: true });
    expect(studio.socket.connected).toBe(true);
  });
});
