import { BroadcastRegistry, publisherToken } from '@awaz/infra/broadcasts';
import { ChunkLogReader } from '@awaz/infra/chunk-log';
import { type Actor, cutForPartTarget, parseLadder } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';
import { connectLive, type LiveClient } from '../test/live-client.ts';

let redis: TestRedis;
let handle: RedisHandle;
let node: ApiNode;
let people: People;
let registry: BroadcastRegistry;
const clients: LiveClient[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  node = await startApiNode(redis);
  people = await gatherPeople(node, handle);
  registry = new BroadcastRegistry(handle);
}, 60_000);

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(async () => {
  people.close();
  await node.close();
  await redis.close();
});

async function connect(actor: Actor, namespace = '/studio'): Promise<LiveClient> {
  const token = actor === 'guest' || actor === 'stream_key' ? undefined : people.byActor[actor].client.token;
  const client = await connectLive(node.origin, { namespace, auth: token === undefined ? {} : { token } });
  clients.push(client);
  return client;
}

async function goLive(station: string): Promise<string> {
  const wish = { token: publisherToken('test'), takeover: true, openedBy: 'test' };
  const opened = await registry.open(station, { ...wish, ladder: parseLadder('64k'), cut: cutForPartTarget(192) });
  if (!('record' in opened)) throw new Error(opened.outcome);
  return opened.record.broadcastId;
}

async function endOf(station: string, broadcastId: string): Promise<string | undefined> {
  const entries = await new ChunkLogReader(handle, { station, broadcastId }).range('-', '+');
  const end = entries.find(({ kind }) => kind === 'end');
  return end?.kind === 'end' ? end.reason : undefined;
}

const ACTORS = ['guest', 'account', 'member', 'moderator', 'owner', 'admin'] as const;

describe('the studio', () => {
  it('takes what is playing from those who may say it, and tells it in the snapshot', async () => {
    await people.addStation('show');
    const title = { station: 'show', show: 'Evening', host: ' Asha ', track: { title: 'Song' }, at: 1000 };
    const owner = await connect('owner');
    expect(await owner.call('stream:metadata:set', title)).toMatchObject({ error: { code: 'off_air' } });
    await goLive('show');
    const outcomes = await Promise.all(
      ACTORS.map(async (actor) => {
        const { ok, error } = await (await connect(actor)).call('stream:metadata:set', title);
        return ok ? 'ok' : error.code;
      }),
    );
    expect(outcomes).toEqual(['unauthenticated', 'forbidden', 'forbidden', 'ok', 'ok', 'ok']);
    const { body } = await people.byActor.owner.client.ask('/stations/show/metadata');
    expect(body.due.at(-1)).toEqual({ show: 'Evening', host: 'Asha', track: { title: 'Song', artist: '' }, at: 1000 });
    for (const wrong of [{}, { show: 'two\nlines' }, { at: Date.now() + 1e9, show: 'x' }, { track: { title: '' } }]) {
      const { ok, error } = await owner.call('stream:metadata:set', { station: 'show', ...wrong });
      expect([ok, error.code]).toEqual([false, expect.stringMatching(/^bad_/)]);
    }
  });

  it('ends a broadcast for its owner and for administrators, each with the reason, and notes it', async () => {
    await people.addStation('stop');
    const broadcastId = await goLive('stop');
    for (const [actor, code] of [
      ['guest', 'unauthenticated'],
      ['member', 'forbidden'],
      ['moderator', 'forbidden'],
    ] as const) {
      expect(await (await connect(actor)).call('stream:stop', { station: 'stop' })).toMatchObject({ error: { code } });
    }
    expect(await endOf('stop', broadcastId)).toBeUndefined();
    const owner = await connect('owner');
    expect(await owner.call('stream:stop', { station: 'stop' })).toEqual({ ok: true, broadcastId });
    expect(await endOf('stop', broadcastId)).toBe('ended_by_owner');
    await registry.end('stop', broadcastId, 'ended_by_owner');
    expect(await owner.call('stream:stop', { station: 'stop' })).toMatchObject({ error: { code: 'off_air' } });

    const second = await goLive('stop');
    const admin = await connect('admin', '/admin');
    expect(await admin.call('stream:stop', { station: 'stop' })).toEqual({ ok: true, broadcastId: second });
    expect(await endOf('stop', second)).toBe('stopped_by_admin');
    const { body } = await people.byActor.admin.client.ask('/admin/audit');
    const noted = body.items.map(({ action, target }: { action: string; target: string }) => [action, target]);
    expect(noted).toEqual([
      ['admin.stream_stopped', second],
      ['stream:stop', broadcastId],
    ]);
  });

  it('does not tell whether a private station exists', async () => {
    await people.addStation('secret', { public: false });
    await goLive('secret');
    for (const actor of ['guest', 'account'] as const) {
      const client = await connect(actor);
      for (const event of ['stream:stop', 'stream:metadata:set']) {
        const answer = await client.call(event, { station: 'secret', show: 'x' });
        expect(answer).toMatchObject({ error: { code: 'unknown_station' } });
      }
    }
  });
});
