import { BroadcastRegistry, publisherToken } from '@awaz/infra/broadcasts';
import { cutForPartTarget, type EventEnvelope, parseLadder } from '@awaz/infra/contract';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';
import { connectLive, type LiveClient } from '../test/live-client.ts';

let redis: TestRedis;
let nodes: [ApiNode, ApiNode];
let people: People;
let clients: [LiveClient, LiveClient];

beforeAll(async () => {
  redis = await startTestRedis();
  const env = { JWT_SECRET: 'a secret that both nodes know, long enough' };
  nodes = [await startApiNode(redis, env), await startApiNode(redis, env)];
  people = await gatherPeople(nodes[0], redis.handle());
  clients = [await connectLive(nodes[0].origin), await connectLive(nodes[1].origin)];
}, 60_000);

afterAll(async () => {
  for (const client of clients) client.close();
  people.close();
  await Promise.all(nodes.map((node) => node.close()));
  await redis.close();
});

async function goLive(station: string): Promise<void> {
  const cut = cutForPartTarget(192);
  const wish = { token: publisherToken('k'), takeover: true, ladder: parseLadder('64k'), cut, openedBy: 'k' };
  await new BroadcastRegistry(redis.handle()).open(station, wish);
}

describe('interaction:like', () => {
  it('is counted over nodes and told to everybody with the place of the last kept event', async () => {
    await people.addStation('liked');
    await goLive('liked');
    const told: EventEnvelope<'interaction:like'>[] = [];
    const [here, there] = clients;
    there.socket.on('interaction:like', (event) => told.push(event));
    const { position } = await here.call('stream:join', { station: 'liked' });
    await there.call('stream:join', { station: 'liked' });
    expect(await here.call('interaction:like', { station: 'liked', mediaTime: Date.now() })).toEqual({
      ok: true,
      count: 1,
    });
    for (let n = 0; n < 4; n++) await there.call('interaction:like', { station: 'liked' });
    await until(() => told.at(-1)?.count === 5, { what: 'all five are told' });
    expect(told.at(-1)).toEqual({ station: 'liked', count: 5, at: expect.any(Number), id: position, position });
    const { snapshot } = await here.call('stream:join', { station: 'liked' });
    expect(snapshot.likes).toBe(5);
  });

  it('is refused off air, where one may not listen, too often, and for what is no time', async () => {
    const [here] = clients;
    await people.addStation('quiet');
    await people.addStation('secret', { public: false });
    await goLive('secret');
    const codeOf = async (body: object) => (await here.call('interaction:like', body)).error?.code;
    expect(await codeOf({ station: 'quiet' })).toBe('off_air');
    expect(await codeOf({ station: 'secret' })).toBe('unknown_station');
    expect(await codeOf({ station: 'liked', mediaTime: 'now' })).toBe('bad_message');
    const codes = await Promise.all(Array.from({ length: 60 }, () => codeOf({ station: 'liked' })));
    expect(codes).toContain('rate_limited');
  });
});
