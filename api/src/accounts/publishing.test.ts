import { AlarmBoard } from '@awaz/infra/alarms';
import { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { QualityBoard } from '@awaz/infra/quality';
import { type RedisHandle, stationKeys } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import { AccessTokens, ServerSecret } from '../auth/index.ts';
import { ApiClient, type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';
import { TestClient } from '../test/ingest-client.ts';
import { wavPiece } from '../test/ingest-media.ts';
import { startFakeTranscoder } from '../test/ingest-node.ts';

let redis: TestRedis;
let handle: RedisHandle;
let node: ApiNode;
let people: People;
let transcoder: { close(): Promise<void> };
const clients: TestClient[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  node = await startApiNode(redis);
  transcoder = await startFakeTranscoder(redis);
  people = await gatherPeople(node, handle);
});
afterEach(() => {
  for (const client of clients.splice(0)) client.cut();
});
afterAll(async () => {
  people.close();
  await node.close();
  await transcoder.close();
  await redis.close();
});

function publisher(station: string, token: string | undefined): TestClient {
  const client = new TestClient(`127.0.0.1:${node.port}`, station, { headers: { Authorization: `Bearer ${token}` } });
  clients.push(client);
  return client;
}

/** A token that is as old as it may be: it expires within the second. */
async function expiringToken(accountId: string): Promise<string> {
  const secret = new ServerSecret({ given: undefined, dataDir: node.dataDir });
  const { generation } = (await people.accounts.get(accountId)) ?? { generation: -1 };
  return (await new AccessTokens(secret, 1).issue({ accountId, generation })).accessToken;
}

describe('an access token at ingest', () => {
  it('of the owner opens a broadcast, which goes on when the token has expired', async () => {
    await people.addStation('mine');
    const { id } = people.byActor.owner;
    const token = await expiringToken(id);
    const client = publisher('mine', token);
    await client.hello();
    await client.chunk(0, wavPiece(0));
    await client.acked(0);
    const asClient = new ApiClient(node.origin);
    await until(async () => (await asClient.ask('/me', { token })).body.code === 'token_expired');
    // The right to publish is looked at every few seconds; it must have been since.
    const reports = client.messages.length;
    await until(() => client.messages.slice(reports).filter(({ type }) => type === 'quality').length > 6);
    await client.chunk(1, wavPiece(1));
    await client.acked(1);
    expect((await new BroadcastRegistry(handle).get('mine'))?.openedBy).toBe(id);
    const late = publisher('mine', token);
    expect(await late.refused()).toMatchObject({ code: 'token_expired', retryable: true });
  }, 40_000);

  it('of anybody else is refused, whatever they are on the station', async () => {
    await people.addStation('others');
    for (const actor of ['account', 'member', 'moderator', 'admin'] as const) {
      const client = publisher('others', people.byActor[actor].client.token);
      expect([actor, await client.refused()]).toEqual([actor, expect.objectContaining({ code: 'forbidden' })]);
    }
    const made = publisher('others', 'eyJhbGciOiJIUzI1NiJ9.e30.x');
    expect(await made.refused()).toMatchObject({ code: 'unauthenticated', retryable: false });
  });

  it('works on Socket.IO too', async () => {
    await people.addStation('socket');
    const { token } = people.byActor.owner.client;
    const socket = io(`${node.origin}/studio`, { transports: ['websocket'], reconnection: false, auth: { token } });
    const answer = await socket.timeout(5000).emitWithAck('ingest:open', { station: 'socket', format: 'audio/wav' });
    expect(answer).toMatchObject({ ok: true, nextSeq: 0 });
    socket.disconnect();
  });

  it('of an owner whose account is disabled ends the broadcast', async () => {
    const client = new ApiClient(node.origin);
    const { id } = (await client.register('leaving')).body.account;
    await people.addStation('left');
    await people.stations.give('left', id);
    const sending = publisher('left', client.token);
    await sending.hello();
    const patch = { method: 'PATCH', body: { disabled: true } };
    expect((await people.byActor.admin.client.ask(`/admin/users/${id}`, patch)).status).toBe(200);
    expect(await sending.refused()).toMatchObject({ code: 'forbidden' });
    expect((await client.ask('/me')).body.code).toBe('unauthenticated');
    const login = await client.post('/auth/login', { email: 'leaving@example.org', password: 'correct horse' });
    expect(login.body.code).toBe('bad_credentials');
  });
});

describe('an administrator', () => {
  it('sees what is on air and ends it; the owner is told, and the audit log has it', async () => {
    const key = await people.addStation('loud', { title: 'Too loud' });
    const client = new TestClient(`127.0.0.1:${node.port}`, 'loud', { key });
    clients.push(client);
    const { broadcastId } = await client.hello();
    const admin = people.byActor.admin;
    await new QualityBoard(handle).tell('loud', 'encoder', { sound: { levelDbfs: -0.2, shortTermLufs: -7.5 } });
    const lease = stationKeys('loud').publisher;
    const guard = { key: lease, value: String(await handle.commands.get(lease)) };
    const clipping = { alarm: 'clipping', level: 'warn', since: 5 } as const;
    await new AlarmBoard(handle).set({ station: 'loud', broadcastId }, guard, clipping);
    const { body } = await admin.client.ask('/admin/streams');
    expect(body.streams).toContainEqual(
      expect.objectContaining({
        ...{ station: 'loud', title: 'Too loud', broadcastId },
        ...{ levelDbfs: -0.2, shortTermLufs: -7.5, alarms: [clipping] },
      }),
    );
    const stopped = await admin.client.post('/admin/streams/loud/stop');
    expect([stopped.status, stopped.body]).toEqual([200, { broadcastId }]);
    expect(await client.refused()).toMatchObject({ code: 'stopped_by_admin', retryable: false });
    await until(async () => (await admin.client.post('/admin/streams/loud/stop')).body.code === 'off_air');
    const log = await admin.client.ask('/admin/audit?limit=1');
    expect(log.body.items).toEqual([
      expect.objectContaining({
        action: 'admin.stream_stopped',
        by: { id: admin.id, name: admin.name },
        ...{ station: 'loud', target: broadcastId, address: expect.stringContaining('127.0.0.1') },
      }),
    ]);
    const own = await people.byActor.owner.client.ask('/stations/loud/audit');
    expect(own.body.items).toEqual([{ ...log.body.items[0], id: expect.any(String) }]); // its place in another list
  });

  it('changes roles at once, pages through users, and cannot take away the last administrator', async () => {
    const { client, id } = people.byActor.admin;
    const risen = new ApiClient(node.origin);
    const { body } = await risen.register('risen');
    expect((await risen.ask('/admin/users')).body.code).toBe('forbidden');
    const rise = await client.ask(`/admin/users/${body.account.id}`, { method: 'PATCH', body: { role: 'admin' } });
    expect(rise.body).toMatchObject({ role: 'admin', disabledAt: null });
    expect((await risen.ask('/admin/users')).status).toBe(200);
    await client.ask(`/admin/users/${body.account.id}`, { method: 'PATCH', body: { role: 'listener' } });
    expect((await risen.ask('/admin/users')).body.code).toBe('forbidden');
    for (const change of [{ role: 'owner' }, { disabled: true }]) {
      const last = await client.ask(`/admin/users/${id}`, { method: 'PATCH', body: change });
      expect([last.status, last.body.code]).toEqual([409, 'conflict']);
    }
    const ids: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await client.ask(`/admin/users?limit=2${cursor}`);
      ids.push(...page.body.items.map((user: { id: string }) => user.id));
      if (page.body.next === null) break;
      cursor = `&cursor=${page.body.next}`;
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain(id);
    const { body: log } = await client.ask('/admin/audit?limit=2');
    expect(
      log.items.map(({ action, after }: { action: string; after: { role: string } }) => [action, after.role]),
    ).toEqual([
      ['admin.user_changed', 'listener'],
      ['admin.user_changed', 'admin'],
    ]);
  });
});
