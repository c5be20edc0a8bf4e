import { BroadcastRegistry, publisherToken } from '@awaz/infra/broadcasts';
import { cutForPartTarget, parseLadder } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient, type ApiNode, startApiNode } from './test/api-node.ts';
import { gatherPeople, type People } from './test/api-people.ts';

let redis: TestRedis;
let handle: RedisHandle;
let node: ApiNode;
let people: People;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  node = await startApiNode(redis);
  people = await gatherPeople(node, handle);
});
afterAll(async () => {
  people.close();
  await node.close();
  await redis.close();
});

async function onAir(station: string) {
  const token = publisherToken('test');
  const wish = { token, takeover: true, ladder: parseLadder('64k'), cut: cutForPartTarget(192), openedBy: 'test' };
  await new BroadcastRegistry(handle).open(station, wish);
}

const path = (station: string) => `/stations/${station}/metadata`;

describe('the metadata of a station', () => {
  it('is set by those who may, and read by everybody', async () => {
    await people.addStation('show');
    await onAir('show');
    const put = (client: ApiClient, body: unknown) => client.ask(path('show'), { method: 'PUT', body });
    const guest = new ApiClient(node.origin);
    const { member, moderator, owner } = people.byActor;
    expect((await put(guest, { show: 'x' })).status).toBe(401);
    expect((await put(member.client, { show: 'x' })).status).toBe(403);
    const set = await put(owner.client, { show: 'Evening', track: { title: 'Song', artist: 'Band' }, at: 1000 });
    expect(set).toMatchObject({ status: 200, body: { at: 1000 } });
    expect((await put(moderator.client, { host: 'Asha', at: 2000 })).status).toBe(200);
    const track = { title: 'Song', artist: 'Band' };
    expect((await guest.ask(path('show'))).body).toEqual({
      live: true,
      current: null,
      due: [
        { show: 'Evening', host: null, track, at: 1000 },
        { show: 'Evening', host: 'Asha', track, at: 2000 },
      ],
    });
  });

  it('cannot be set while the station is off air, and is empty then', async () => {
    await people.addStation('quiet');
    const { client } = people.byActor.owner;
    const refused = await client.ask(path('quiet'), { method: 'PUT', body: { show: 'x' } });
    expect(refused).toMatchObject({ status: 404, body: { code: 'off_air' } });
    expect((await client.ask(path('quiet'))).body).toEqual({ live: false, current: null, due: [] });
  });

  it('of a private station is hidden from strangers', async () => {
    await people.addStation('hidden', { public: false });
    expect((await new ApiClient(node.origin).ask(path('hidden'))).body).toMatchObject({ code: 'unknown_station' });
    expect((await people.byActor.member.client.ask(path('hidden'))).status).toBe(200);
  });
});
