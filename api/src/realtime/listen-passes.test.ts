import { EventLog } from '@awaz/infra/events';
import { ControlBus, type RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ListenTokens } from '../listen-access/index.ts';
import { type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';
import { connectLive, type LiveClient } from '../test/live-client.ts';

let redis: TestRedis;
let handle: RedisHandle;
let node: ApiNode;
let people: People;
let bus: ControlBus;
let tokens: ListenTokens;
let names = 0;
let station = '';
const clients: LiveClient[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  node = await startApiNode(redis, {}, { realtime: { accessLookMs: 500 } });
  people = await gatherPeople(node, handle);
  bus = new ControlBus(handle);
  tokens = new ListenTokens({ handle, bus });
}, 60_000);

beforeEach(async () => {
  station = `hidden-${names++}`;
  await people.addStation(station, { public: false });
});

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(async () => {
  bus.close();
  people.close();
  await node.close();
  await redis.close();
});

type Closed = { station: string; code: string };

async function connect(auth: object = {}) {
  const client = await connectLive(node.origin, { auth });
  clients.push(client);
  const closed: Closed[] = [];
  client.socket.on('stream:closed', (told: Closed) => closed.push(told));
  return { ...client, closed };
}

const author = { id: 'g', name: 'Guest', role: 'guest' } as const;
const say = (text: string) => new EventLog(handle).append(station, 'chat:message', { author, text, at: 1 });
const eventsUrl = (query = '') => `${node.origin}/api/v1/stations/${station}/events${query}`;
const unknown = { ok: false, error: { code: 'unknown_station' } };

describe('a listen token on a socket', () => {
  it('lets a guest follow its private station, write and come back', async () => {
    const { token } = await tokens.add(station);
    const guest = await connect();
    expect(await guest.call('stream:join', { station })).toMatchObject(unknown);
    expect(await guest.call('chat:send', { station, text: 'no' })).toMatchObject(unknown);
    const joined = await guest.call('stream:join', { station, token });
    expect(joined).toMatchObject({ ok: true, snapshot: { you: { station: 'guest' } } });
    await say('for those who may');
    await until(() => guest.heard.length === 1, { what: 'the message is heard' });
    expect(await guest.call('chat:send', { station, text: 'hello' })).toMatchObject({ ok: true });
    const again = await guest.call('stream:join', { station, since: joined.position });
    expect(again.missed).toHaveLength(2);
  });

  it('may come with the connection instead of each join', async () => {
    const { token } = await tokens.add(station);
    const guest = await connect({ listenToken: token });
    expect(await guest.call('stream:join', { station })).toMatchObject({ ok: true });
    await people.addStation(`other-${station}`, { public: false });
    expect(await guest.call('stream:join', { station: `other-${station}` })).toMatchObject(unknown);
  });

  it('gives nothing when it is of another station, made up or revoked', async () => {
    const { token, record } = await tokens.add(station);
    await people.addStation(`other-${station}`, { public: false });
    const foreign = await tokens.add(`other-${station}`);
    await tokens.revoke(station, record.id);
    const guest = await connect();
    for (const wrong of [foreign.token, token, `listen_${'a'.repeat(32)}`, 'x', '']) {
      expect(await guest.call('stream:join', { station, token: wrong })).toMatchObject(unknown);
    }
  });

  it('closes what it opened when it is revoked, and nothing else', async () => {
    const [lost, kept] = [await tokens.add(station), await tokens.add(station)];
    const [out, stays] = [await connect({ listenToken: lost.token }), await connect({ listenToken: kept.token })];
    for (const guest of [out, stays]) expect(await guest.call('stream:join', { station })).toMatchObject({ ok: true });
    const owner = people.byActor.owner.client;
    const path = `/stations/${station}/listen-tokens/${lost.record.id}`;
    expect((await owner.ask(path, { method: 'DELETE' })).status).toBe(204);
    await until(() => out.closed.length === 1, { what: 'its holder is told' });
    expect(out.closed).toMatchObject([{ station, code: 'unknown_station' }]);
    await say('for those who still may');
    await until(() => stays.heard.length === 1, { what: 'the other one hears on' });
    expect([out.heard, stays.closed]).toEqual([[], []]);
    expect(await out.call('stream:join', { station })).toMatchObject(unknown);
    expect(await out.call('chat:send', { station, text: 'no more' })).toMatchObject(unknown);
  });

  it('closes what it opened when it expires', async () => {
    const { token } = await tokens.add(station, { lifeMs: 2000 });
    const guest = await connect();
    expect(await guest.call('stream:join', { station, token })).toMatchObject({ ok: true });
    await until(() => guest.closed.length === 1, { what: 'its holder is told' });
  });
});

describe('a listen token on an event stream', () => {
  it('opens the events of its private station, until it is revoked', async () => {
    const { token, record } = await tokens.add(station);
    for (const query of ['', '?token=', '?token=x', `?token=x&token=${token}`]) {
      expect([query, (await fetch(eventsUrl(query))).status]).toEqual([query, 404]);
    }
    const stream = await fetch(eventsUrl(`?token=${token}`));
    expect(stream.status).toBe(200);
    await say('for those who may');
    await tokens.revoke(station, record.id);
    expect(await stream.text()).toContain('for those who may');
    expect((await fetch(eventsUrl(`?token=${token}`))).status).toBe(404);
  });
});
