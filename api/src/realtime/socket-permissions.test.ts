import { BroadcastRegistry, publisherToken } from '@awaz/infra/broadcasts';
import {
  ACTORS,
  type Action,
  type Actor,
  cutForPartTarget,
  mayDo,
  PERMISSIONS,
  parseLadder,
} from '@awaz/infra/contract';
import { EventLog } from '@awaz/infra/events';
import { QualityBoard } from '@awaz/infra/quality';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient, type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';
import { connectLive, type LiveClient } from '../test/live-client.ts';

let redis: TestRedis;
let handle: RedisHandle;
let node: ApiNode;
let people: People;
let keys: Record<string, string>;
let message = '';
const clients = new Map<string, LiveClient>();

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  node = await startApiNode(redis);
  people = await gatherPeople(node, handle);
  keys = { open: await people.addStation('open'), closed: await people.addStation('closed', { public: false }) };
  await goLive('open');
  const author = { id: 'g', name: 'Guest', role: 'guest' } as const;
  const place = await new EventLog(handle).append('open', 'chat:message', { author, text: 'hello', at: Date.now() });
  message = `${place.epoch}-${place.offset}`;
}, 60_000);

afterAll(async () => {
  for (const client of clients.values()) client.close();
  people.close();
  await node.close();
  await redis.close();
});

async function goLive(station: string): Promise<void> {
  const wish = { token: publisherToken('test'), takeover: true, openedBy: 'test' };
  await new BroadcastRegistry(handle).open(station, {
    ...{ ...wish, ladder: parseLadder('64k'), cut: cutForPartTarget(192) },
  });
}

function authOf(actor: Actor): object {
  if (actor === 'guest') return {};
  return { token: actor === 'stream_key' ? keys.open : people.byActor[actor].client.token };
}

async function connect(actor: Actor, namespace: string): Promise<LiveClient> {
  const name = `${actor} ${namespace}`;
  const client = clients.get(name) ?? (await connectLive(node.origin, { namespace, auth: authOf(actor) }));
  clients.set(name, client);
  return client;
}

/** What a right is worth on sockets: who has it is not refused, whatever else is wrong. */
type Cell = { namespace: '/' | '/studio'; event: string; body: () => object };

const someone = `g${'1'.repeat(16)}`;
const calls: Partial<Record<Action, Cell[]>> = {
  'directory.read': [{ namespace: '/', event: 'directory:join', body: () => ({}) }],
  'station.listen': ['/', '/studio'].map((namespace) => ({
    ...{ namespace: namespace as '/', event: 'stream:join', body: () => ({ station: 'open' }) },
  })),
  'station.listen_private': ['/', '/studio'].map((namespace) => ({
    ...{ namespace: namespace as '/', event: 'stream:join', body: () => ({ station: 'closed' }) },
  })),
  'chat.read': [{ namespace: '/', event: 'stream:join', body: () => ({ station: 'open' }) }],
  'chat.send': [{ namespace: '/', event: 'chat:send', body: () => ({ station: 'open', text: 'hello' }) }],
  'chat.report': [{ namespace: '/', event: 'chat:report', body: () => ({ station: 'open', id: message }) }],
  'chat.moderate': ['chat:mute', 'chat:unmute'].map((event) => ({
    ...{ namespace: '/studio', event, body: () => ({ station: 'open', target: someone, seconds: 1 }) },
  })),
  'chat.ban': ['chat:ban', 'chat:unban'].map((event) => ({
    ...{ namespace: '/studio', event, body: () => ({ station: 'open', target: someone, seconds: 1 }) },
  })),
  'chat.settings': [
    { namespace: '/studio', event: 'chat:slow', body: () => ({ station: 'open', seconds: 0 }) },
    { namespace: '/studio', event: 'chat:settings:set', body: () => ({ station: 'open', links: 'everyone' }) },
  ],
  'interaction.like': [{ namespace: '/', event: 'interaction:like', body: () => ({ station: 'open' }) }],
  'metadata.set': [
    { namespace: '/studio', event: 'stream:metadata:set', body: () => ({ station: 'open', show: 'A' }) },
  ],
  'broadcast.publish': [
    { namespace: '/studio', event: 'ingest:open', body: () => ({ station: 'open', format: 'audio/nonsense' }) },
  ],
  'broadcast.stop': [{ namespace: '/studio', event: 'stream:stop', body: () => ({ station: 'open' }) }],
};

/** Rights that have their own test below. */
const ELSEWHERE: readonly Action[] = ['quality.read', 'admin.read'];

/** Rights over what is on REST alone. */
const REST_ONLY: readonly Action[] = [
  ...(['station.create', 'station.change', 'station.remove', 'station.keys', 'station.people'] as const),
  ...(['station.listen_tokens', 'station.webhooks', 'station.analytics', 'recording.change'] as const),
  ...(['admin.act', 'audit.read', 'audit.read_station'] as const),
];

/** Rights over what is on sockets alone, or asked for on REST under another right. */
const NOT_ON_REST: readonly Action[] = [
  ...(['station.listen_private', 'chat.send', 'chat.report', 'chat.ban', 'interaction.like'] as const),
  ...(['broadcast.publish', 'broadcast.stop'] as const),
];

/** Rights over what is not there yet. */
const NOWHERE_YET: readonly Action[] = ['station.analytics'];

const REFUSALS = ['forbidden', 'unauthenticated', 'unknown_station', 'bad_key'];

/** On a socket a stream key is good for audio alone; for everything else it makes a guest. */
const actorOnSocket = (actor: Actor, action: Action): Actor =>
  actor === 'stream_key' && action !== 'broadcast.publish' ? 'guest' : actor;

async function faultOf(actor: Actor, action: Action, { namespace, event, body }: Cell): Promise<string | undefined> {
  if (event === 'stream:stop') await goLive('open');
  const answer = await (await connect(actor, namespace)).call(event, body());
  const code = answer.ok ? 'ok' : answer.error.code;
  const may = mayDo(actorOnSocket(actor, action), action);
  return may === !REFUSALS.includes(code) ? undefined : `${actor} ${namespace} ${event} (${action}): ${code}`;
}

describe('the table of permissions, over Socket.IO', () => {
  it('holds in every cell', async () => {
    const faults: (string | undefined)[] = [];
    for (const [action, cells] of Object.entries(calls) as [Action, Cell[]][]) {
      for (const cell of cells) for (const actor of ACTORS) faults.push(await faultOf(actor, action, cell));
    }
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  }, 60_000);

  it('shows figures of the stream to those who may see them, and to nobody else', async () => {
    const heard = new Set<Actor>();
    for (const actor of ACTORS) {
      const client = await connect(actor, '/');
      client.socket.once('stream:quality', () => heard.add(actor));
      await client.call('stream:join', { station: 'open' });
    }
    const allowed = ACTORS.filter((actor) => mayDo(actorOnSocket(actor, 'quality.read'), 'quality.read'));
    await new QualityBoard(handle).tell('open', 'encoder', { speed: 1, delayMs: 1 });
    await until(() => heard.size >= allowed.length, { what: 'they hear of it' });
    expect([...heard].sort()).toEqual([...allowed].sort());
  });

  it('lets administrators alone onto their namespace', async () => {
    for (const actor of ACTORS) {
      const came = await connectLive(node.origin, { namespace: '/admin', auth: authOf(actor) }).catch(() => undefined);
      const answer = await came?.call('admin:watch');
      came?.close();
      expect([actor, answer?.ok === true]).toEqual([actor, mayDo(actor, 'admin.read') && actor !== 'stream_key']);
    }
  });
});

describe('every right', () => {
  it('is looked at over Socket.IO, over REST, or over both where both have what it is about', async () => {
    const all = Object.keys(PERMISSIONS) as Action[];
    const onSockets = new Set([...(Object.keys(calls) as Action[]), ...ELSEWHERE]);
    expect(all.filter((action) => !onSockets.has(action)).sort()).toEqual([...REST_ONLY].sort());
    const { body } = await new ApiClient(node.origin).ask('/openapi.json');
    const operations = Object.values(body.paths as Record<string, Record<string, object>>).flatMap(Object.values);
    const onRest = new Set(operations.map((operation) => (operation as { 'x-action'?: Action })['x-action']));
    const missing = all.filter((action) => !onRest.has(action));
    expect(missing.filter((action) => ![...NOT_ON_REST, ...NOWHERE_YET].includes(action))).toEqual([]);
    const nowhere = missing.filter((action) => !onSockets.has(action));
    expect(nowhere.filter((action) => !NOWHERE_YET.includes(action))).toEqual([]);
  });
});
