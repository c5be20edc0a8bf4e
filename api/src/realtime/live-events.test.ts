import { BroadcastRegistry, publisherToken } from '@awaz/infra/broadcasts';
import { cutForPartTarget, parseLadder } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';
import { type ChatPlace, openChats } from '../test/chat-place.ts';
import { connectLive, type LiveClient } from '../test/live-client.ts';

let redis: TestRedis;
let handle: RedisHandle;
let nodes: [ApiNode, ApiNode];
let people: People;
let registry: BroadcastRegistry;
let chats: ChatPlace;
const clients: LiveClient[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  const secret = { JWT_SECRET: 'a secret that both nodes know, long enough' };
  nodes = [await startApiNode(redis, secret), await startApiNode(redis, secret)];
  people = await gatherPeople(nodes[0], handle);
  registry = new BroadcastRegistry(handle);
  chats = openChats(handle);
}, 60_000);

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(async () => {
  people.close();
  await Promise.all(nodes.map((node) => node.close()));
  await redis.close();
});

const connect = async (node: 0 | 1, options: Parameters<typeof connectLive>[1] = {}) => {
  const client = await connectLive(nodes[node].origin, options);
  clients.push(client);
  return client;
};

async function goLive(station: string): Promise<string> {
  const opened = await registry.open(station, {
    token: publisherToken('key1'),
    takeover: false,
    ladder: parseLadder('64k'),
    cut: cutForPartTarget(192),
    openedBy: 'key1',
  });
  if (!('record' in opened)) throw new Error(opened.outcome);
  return opened.record.broadcastId;
}

const say = (station: string, text: string) => chats.say(station, text);

const texts = (client: LiveClient) => client.heard.map(({ data }) => data.text);

describe('live events', () => {
  it('tell listeners of a station and of the directory on all nodes that it started and stopped, once, at once', async () => {
    await people.addStation('both', { title: 'Both "nodes" / here' });
    const all = [await connect(0), await connect(1)];
    for (const client of all) {
      expect(await client.call('stream:join', { station: 'both' })).toMatchObject({
        ok: true,
        snapshot: { live: null },
      });
      const directory = await client.call('directory:join');
      expect(directory.stations).toContainEqual(expect.objectContaining({ station: 'both', live: false }));
    }
    const broadcastId = await goLive('both');
    const since = performance.now();
    await registry.markOnAir('both', broadcastId);
    await registry.markOnAir('both', broadcastId);
    await until(() => all.every(({ heard }) => heard.length === 2), { what: 'both hear it twice' });
    const delays = all.flatMap(({ heard }) => heard.map(({ heardAt }) => heardAt - since));
    process.stdout.write(
      `from markOnAir to clients of two nodes: ${delays.map((ms) => ms.toFixed(1)).join(', ')} ms\n`,
    );
    await registry.end('both', broadcastId, 'ended_by_owner');
    await registry.end('both', broadcastId, 'failed');
    await until(() => all.every(({ heard }) => heard.length === 4), { what: 'both hear that it stopped' });
    await say('both', 'last');
    await until(() => all.every((client) => texts(client).includes('last')), { what: 'what comes after' });
    for (const { origin } of nodes) {
      const metrics = await (await fetch(`${origin}/metrics`)).text();
      expect(metrics).toMatch(/^awaz_live_event_delay_seconds_count\{program="api"\} [1-9]/m);
    }
    for (const { heard } of all) {
      const own = heard.filter(({ data }) => data.directory === undefined);
      const listed = heard.filter(({ data }) => data.directory === true);
      expect(own.map(({ event }) => event)).toEqual(['stream:started', 'stream:stopped', 'chat:message']);
      expect(listed.map(({ event }) => event)).toEqual(['stream:started', 'stream:stopped']);
      expect(own[0]?.data).toMatchObject({
        ...{ station: 'both', broadcastId, title: 'Both "nodes" / here', host: null },
        ...{ url: '/live/both/index.m3u8', id: own[0]?.data.position, startedAt: expect.any(Number) },
      });
      expect(own[1]?.data).toMatchObject({ broadcastId, reason: 'ended_by_owner', at: expect.any(Number) });
      expect(listed.map(({ data }) => data.id)).toEqual(own.slice(0, 2).map(({ data }) => data.id));
    }
  });

  it('say nothing of a private station to the directory and to those who may not listen', async () => {
    await people.addStation('hidden', { public: false });
    const guest = await connect(0);
    const member = await connect(1, { auth: { token: people.byActor.member.client.token } });
    await guest.call('directory:join');
    expect(await guest.call('stream:join', { station: 'hidden' })).toMatchObject({
      ok: false,
      error: { code: 'unknown_station' },
    });
    expect(await guest.call('stream:join', { station: 'nowhere' })).toMatchObject({
      error: { code: 'unknown_station' },
    });
    expect(await member.call('stream:join', { station: 'hidden' })).toMatchObject({
      ok: true,
      snapshot: { you: { id: people.byActor.member.id, station: 'member', mayChat: true } },
    });
    const broadcastId = await goLive('hidden');
    await registry.markOnAir('hidden', broadcastId);
    await registry.end('hidden', broadcastId, 'ended_by_owner');
    await people.addStation('shown');
    await registry.markOnAir('shown', await goLive('shown'));
    await until(() => guest.heard.length > 0, { what: 'the directory tells of the public one' });
    expect(guest.heard.map(({ data }) => data.station)).toEqual(['shown']);
    await until(() => member.heard.length === 2, { what: 'the member hears both' });
    const stations = (await guest.call('directory:join')).stations.map(({ station }: { station: string }) => station);
    expect(stations).not.toContain('hidden');
  });

  it('tell the directory of a station that turns private on air as stopped, and as started when it is public again', async () => {
    await people.addStation('turning', { title: 'A title' });
    const [guest, member] = [
      await connect(0),
      await connect(1, { auth: { token: people.byActor.member.client.token } }),
    ];
    for (const client of [guest, member]) await client.call('directory:join');
    await member.call('stream:join', { station: 'turning' });
    const broadcastId = await goLive('turning');
    await registry.markOnAir('turning', broadcastId);
    const owner = people.byActor.owner.client;
    const become = async (wish: object) => {
      expect((await owner.ask('/stations/turning', { method: 'PATCH', body: wish })).status).toBe(200);
    };
    await become({ public: false });
    await become({ public: false, title: 'A secret title' });
    const { stations } = await guest.call('directory:join');
    expect(stations.map(({ station }: { station: string }) => station)).not.toContain('turning');
    await become({ public: true });
    await become({ public: false });
    await registry.end('turning', broadcastId, 'failed');
    await people.addStation('after-turning');
    await registry.markOnAir('after-turning', await goLive('after-turning'));
    for (const client of [guest, member]) {
      const listed = () => client.heard.filter(({ data }) => data.directory === true);
      await until(() => listed().some(({ data }) => data.station === 'after-turning'), { what: 'what comes after' });
      const told = listed().filter(({ data }) => data.station === 'turning');
      expect(told.map(({ event }) => event.replace('stream:', ''))).toEqual([
        'started',
        'stopped',
        'started',
        'stopped',
      ]);
      const stopped = told[1]?.data;
      expect(Object.keys(stopped ?? {}).sort()).toEqual([
        'at',
        'broadcastId',
        'directory',
        'id',
        'position',
        'reason',
        'station',
      ]);
      expect(stopped).toMatchObject({ station: 'turning', broadcastId, reason: 'ended_by_owner' });
      expect(told[2]?.data).toMatchObject({ broadcastId, title: 'A secret title', startedAt: told[0]?.data.startedAt });
    }
    const own = member.heard.filter(({ data }) => data.directory === undefined);
    expect(own.map(({ event }) => event)).toEqual(['stream:started', 'stream:stopped']);
  });

  it('reach a crowd on two nodes, each message once and in order, while half of it comes and goes', async () => {
    await people.addStation('crowded');
    const stay = await Promise.all(Array.from({ length: 100 }, (_, at) => connect(at % 2 === 0 ? 0 : 1)));
    for (const client of stay)
      expect(await client.call('stream:join', { station: 'crowded' })).toMatchObject({ ok: true });
    const passBy = async (at: number) => {
      const client = await connect(at % 2 === 0 ? 0 : 1);
      await client.call('stream:join', { station: 'crowded' });
      client.close();
    };
    const wanted = Array.from({ length: 20 }, (_, at) => `message ${at}`);
    const passing = Promise.all(Array.from({ length: 100 }, (_, at) => passBy(at)));
    for (const text of wanted) await say('crowded', text);
    await passing;
    await until(() => stay.every(({ heard }) => heard.length >= 20), {
      timeoutMs: 20_000,
      what: 'everybody hears all',
    });
    for (const client of stay) expect(texts(client)).toEqual(wanted);
  }, 40_000);

  it('bring every message exactly once and in order to those who join while messages come', async () => {
    await people.addStation('busy');
    let sent = 0;
    let done = false;
    const sending = (async () => {
      while (!done) await say('busy', String(sent++));
    })();
    const joins = Array.from({ length: 12 }, async (_, index) => {
      const client = await connect((index % 2) as 0 | 1);
      const { position, snapshot } = await client.call('stream:join', { station: 'busy' });
      return { client, position, before: snapshot.chat.at(-1) };
    });
    const joined = await Promise.all(joins);
    done = true;
    await sending;
    for (const { client, before } of joined) {
      const first = before === undefined ? 0 : Number(before.text) + 1;
      const expected = Array.from({ length: sent - first }, (_, index) => String(first + index));
      await until(() => client.heard.length >= expected.length, { what: 'all messages came' });
      expect(texts(client)).toEqual(expected);
    }
  });

  it('bring what was missed since a place, then what comes, and say when it cannot be told', async () => {
    await people.addStation('cut');
    const first = await connect(0);
    const { position } = await first.call('stream:join', { station: 'cut' });
    first.close();
    for (const text of ['a', 'b']) await say('cut', text);
    const second = await connect(1);
    const answer = await second.call('stream:join', { station: 'cut', since: position });
    expect(
      answer.missed.map(({ event, data }: { event: string; data: { text: string } }) => [event, data.text]),
    ).toEqual([
      ['chat:message', 'a'],
      ['chat:message', 'b'],
    ]);
    await say('cut', 'c');
    await until(() => second.heard.length === 1, { what: 'the next message' });
    expect(texts(second)).toEqual(['c']);
    for (const since of ['nonsense', 'other-1', '']) {
      const lost = await second.call('stream:join', { station: 'cut', since });
      expect(lost).toMatchObject({ ok: true, reset: true });
      expect(lost.missed).toBeUndefined();
      expect(lost.snapshot.chat.map(({ text }: { text: string }) => text)).toEqual(['a', 'b', 'c']);
    }
  });

  it('stop when a station is left', async () => {
    await people.addStation('left');
    const [gone, stays] = [await connect(0), await connect(0)];
    for (const client of [gone, stays]) await client.call('stream:join', { station: 'left' });
    await say('left', 'one');
    await until(() => gone.heard.length === 1, { what: 'the first' });
    expect(await gone.call('stream:leave', { station: 'left' })).toEqual({ ok: true });
    await say('left', 'two');
    await until(() => stays.heard.length === 2, { what: 'who stays hears it' });
    expect(texts(gone)).toEqual(['one']);
  });
});

describe('sockets', () => {
  it('know accounts by token, and guests again by what they were given, on any node', async () => {
    const welcomeOf = async (node: 0 | 1, auth: object) => {
      const client = await connect(node, { auth, namespace: '/' });
      return new Promise<{ you: { id: string; name: string; role: string }; guest?: string }>((resolve) => {
        client.socket.once('server:welcome', resolve);
        client.socket.disconnect().connect();
      });
    };
    const { owner } = people.byActor;
    expect((await welcomeOf(0, { token: owner.client.token })).you).toMatchObject({ id: owner.id, name: owner.name });
    const guest = await welcomeOf(0, { name: '  A\u202E guest ' });
    expect(guest.you).toMatchObject({ name: 'A guest', role: 'guest' });
    const again = await welcomeOf(1, { name: 'B', guest: guest.guest });
    expect(again.you).toMatchObject({ id: guest.you.id, name: 'B' });
    const forged = await welcomeOf(1, { guest: `${guest.you.id}.forged` });
    expect(forged.you.id).not.toBe(guest.you.id);
  });

  it('are refused with a code that can be read', async () => {
    const refused = (options: Parameters<typeof connectLive>[1]) =>
      connectLive(nodes[0].origin, options).then(
        () => 'let in',
        (error) => error.data?.code,
      );
    expect(await refused({ auth: { token: 'no token' } })).toBe('unauthenticated');
    expect(await refused({ auth: { token: 1 } })).toBe('bad_message');
    expect(await refused({ namespace: '/admin' })).toBe('unauthenticated');
    expect(await refused({ namespace: '/admin', auth: { token: people.byActor.owner.client.token } })).toBe(
      'forbidden',
    );
    const admin = await connect(0, { namespace: '/admin', auth: { token: people.byActor.admin.client.token } });
    expect(await admin.call('admin:watch')).toMatchObject({ ok: true, stations: expect.any(Array) });
  });

  it('get an answer to every event, whatever it carries', async () => {
    const client = await connect(0);
    expect(await client.call('stream:heartbeat', { station: 'any', latencyMs: 900 })).toEqual({
      ok: true,
      serverTime: expect.any(Number),
    });
    for (const [event, body] of [
      ['stream:heartbeat', { station: 'any', latencyMs: 'x' }],
      ['stream:join', null],
      ['stream:join', { station: 'NOT A SLUG' }],
      ['no:such', {}],
    ] as const) {
      expect(await client.call(event, body)).toMatchObject({ ok: false, error: { code: 'bad_message' } });
    }
    client.socket.emit('stream:join', { station: 1 });
    client.socket.emit('stream:join');
    expect(await client.call('directory:join')).toMatchObject({ ok: true });
  });

  it('are told goodbye and connect elsewhere when their account changes', async () => {
    const { account } = people.byActor;
    const client = await connect(1, { auth: { token: account.client.token } });
    const goodbye = new Promise((resolve) => client.socket.once('server:goodbye', resolve));
    await handle.commands.publish('awaz:bus', JSON.stringify({ type: 'account_changed', accountId: account.id }));
    expect(await goodbye).toMatchObject({ code: 'unauthenticated', retryable: true });
    await until(() => !client.socket.connected, { what: 'the connection ends' });
  });

  it('are told goodbye when the server goes down', async () => {
    const node = await startApiNode(redis);
    const client = await connectLive(node.origin);
    clients.push(client);
    const goodbye = new Promise((resolve) => client.socket.once('server:goodbye', resolve));
    await node.close();
    expect(await goodbye).toMatchObject({ code: 'server_going_down', retryable: true });
  });
});
