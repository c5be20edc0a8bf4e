import { EventLog } from '@awaz/infra/events';
import { ControlBus, type RedisHandle, stationKeys } from '@awaz/infra/redis';
import { createLogger } from '@awaz/infra/runtime';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';
import { connectLive, type LiveClient } from '../test/live-client.ts';
import { AccessWatch } from './access-watch.ts';
import { ListenPasses } from './listen-passes.ts';
import { type LiveSocket, staffRoom } from './socket-types.ts';

let redis: TestRedis;
let handle: RedisHandle;
let node: ApiNode;
let people: People;
let bus: ControlBus;
const clients: LiveClient[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  node = await startApiNode(redis, {}, { realtime: { accessLookMs: 500 } });
  people = await gatherPeople(node, handle);
  bus = new ControlBus(handle);
}, 60_000);

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

async function follow(station: string, actor?: 'member' | 'moderator') {
  const auth = actor === undefined ? {} : { token: people.byActor[actor].client.token };
  const client = await connectLive(node.origin, { auth });
  clients.push(client);
  const closed: Closed[] = [];
  client.socket.on('stream:closed', (told: Closed) => closed.push(told));
  expect(await client.call('stream:join', { station })).toMatchObject({ ok: true });
  return { client, closed };
}

const makePrivate = (station: string) => handle.commands.hset(stationKeys(station).station, 'public', '0');
const author = { id: 'g', name: 'Guest', role: 'guest' } as const;
const say = (station: string, text: string) =>
  new EventLog(handle).append(station, 'chat:message', { author, text, at: 1 });

describe('a station that is made private', () => {
  it('is closed to guests at once, and goes on for its members', async () => {
    await people.addStation('shut');
    const [guest, member] = [await follow('shut'), await follow('shut', 'member')];
    await makePrivate('shut');
    await bus.publish({ type: 'station_changed', station: 'shut' });
    await until(() => guest.closed.length === 1, { what: 'the guest is told' });
    expect(guest.closed).toEqual([{ station: 'shut', code: 'unknown_station', message: expect.any(String) }]);
    await say('shut', 'for members');
    await until(() => member.client.heard.length === 1, { what: 'the member hears on' });
    expect(guest.client.heard).toEqual([]);
    expect(member.closed).toEqual([]);
    expect(await guest.client.call('stream:join', { station: 'shut' })).toMatchObject({
      error: { code: 'unknown_station' },
    });
  });

  it('is closed to those who may not follow it even if no message told of it', async () => {
    await people.addStation('silent');
    const guest = await follow('silent');
    await makePrivate('silent');
    await until(() => guest.closed.length === 1, { what: 'the guest is told' });
  });

  it('ends the event streams of guests only', async () => {
    await people.addStation('streamed');
    const url = `${node.origin}/api/v1/stations/streamed/events`;
    const Authorization = `Bearer ${people.byActor.member.client.token}`;
    const guest = await fetch(url);
    const leave = new AbortController();
    const member = await fetch(url, { headers: { Authorization }, signal: leave.signal });
    await makePrivate('streamed');
    await bus.publish({ type: 'station_changed', station: 'streamed' });
    expect(await guest.text()).toMatch(/^retry: /);
    const reader = member.body?.getReader();
    await say('streamed', 'for members');
    let text = '';
    while (!text.includes('for members')) text += Buffer.from((await reader?.read())?.value ?? []).toString();
    leave.abort();
    expect((await fetch(url)).status).toBe(404);
  });
});

describe('a station that is removed', () => {
  it('is closed to everybody', async () => {
    await people.addStation('removed');
    const all = [await follow('removed'), await follow('removed', 'member')];
    await people.stations.remove('removed');
    await until(() => all.every(({ closed }) => closed.length === 1), { what: 'both are told' });
  });
});

describe('a moderator who is dismissed', () => {
  it('leaves the room of the staff and stays in that of the station', async () => {
    await people.addStation('staffed');
    const { moderator, owner } = people.byActor;
    const left: string[] = [];
    const socketOf = ({ id, name }: { id: string; name: string }) =>
      ({
        data: {
          caller: { kind: 'account', account: { id, name, role: 'listener' } },
          passes: new ListenPasses({ of: async () => undefined, isGood: async () => false }),
        },
        leave: (room: string) => left.push(`${name} ${room}`),
      }) as unknown as LiveSocket;
    const sockets = [socketOf(moderator), socketOf(owner)];
    const watch = new AccessWatch({
      rooms: { topics: ['staffed'], membersOf: (room) => (room === staffRoom('staffed') ? sockets : []) },
      memberships: { expel: () => left.push('expelled') },
      streams: { topics: new Set(), recheck: async () => undefined },
      standings: people.stations,
      limits: { accessLookMs: 3_600_000 },
      logger: createLogger('test', 'silent'),
    });
    await watch.recheck('staffed');
    expect(left).toEqual([]);
    await handle.commands.hdel(stationKeys('staffed').people, moderator.id);
    await watch.recheck('staffed');
    expect(left).toEqual([`${moderator.name} ${staffRoom('staffed')}`]);
    watch.close();
  });
});
