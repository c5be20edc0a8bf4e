import { type Acknowledgement, type Action, type Actor, mayDo } from '@awaz/infra/contract';
import { chatKeys, type RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';
import { connectLive, type LiveClient } from '../test/live-client.ts';

let redis: TestRedis;
let handle: RedisHandle;
let nodes: [ApiNode, ApiNode];
let people: People;
const clients: LiveClient[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  const env = { JWT_SECRET: 'a secret that both nodes know, long enough', TRUST_PROXY: '1' };
  nodes = [await startApiNode(redis, env), await startApiNode(redis, env)];
  people = await gatherPeople(nodes[0], handle);
}, 60_000);

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(async () => {
  people.close();
  await Promise.all(nodes.map((node) => node.close()));
  await redis.close();
});

type Somebody = Exclude<Actor, 'stream_key'>;

async function connect(node: 0 | 1, who: Somebody = 'guest', namespace = ''): Promise<LiveClient> {
  const auth = who === 'guest' ? { name: 'Somebody' } : { token: people.byActor[who].client.token };
  const client = await connectLive(nodes[node].origin, { auth, namespace });
  clients.push(client);
  return client;
}

/** How somebody is told that they may not. */
const REFUSED: Record<Somebody, string> = {
  ...{ guest: 'unauthenticated', account: 'forbidden', member: 'forbidden' },
  ...{ moderator: 'forbidden', owner: 'forbidden', admin: 'forbidden' },
};

const outcomeOf = (answer: Acknowledgement) => (answer.ok ? 'ok' : answer.error.code);

const texts = (client: LiveClient) =>
  client.heard.filter(({ event }) => event === 'chat:message').map(({ data }) => data.text);

describe('chat:send', () => {
  it('brings a message to everybody on all nodes, under the id that is answered, text as text', async () => {
    await people.addStation('talk');
    const [guest, owner] = [await connect(0), await connect(1, 'owner', '/studio')];
    for (const client of [guest, owner]) await client.call('stream:join', { station: 'talk' });
    const text = '<b>hi</b> "you" \\ {}';
    const answer = await guest.call('chat:send', { station: 'talk', text, mediaTime: Date.now() });
    expect(answer).toMatchObject({ ok: true, id: expect.stringMatching(/^\w+-\d+$/), at: expect.any(Number) });
    await owner.call('chat:send', { station: 'talk', text: 'hello' });
    for (const client of [guest, owner]) {
      await until(() => client.heard.length === 2, { what: 'both messages' });
      const [first, second] = client.heard.map(({ data }) => data);
      expect(first).toMatchObject({
        ...{ station: 'talk', id: answer.id, position: answer.id, at: answer.at, text },
        ...{ author: { name: 'Somebody', role: 'guest' }, mediaTime: expect.any(Number) },
      });
      expect(second).toMatchObject({ text: 'hello', author: { id: people.byActor.owner.id, role: 'owner' } });
    }
    const late = await connect(0);
    const { snapshot } = await late.call('stream:join', { station: 'talk' });
    expect(snapshot.chat.map(({ id }: { id: string }) => id)).toEqual(guest.heard.map(({ data }) => data.id));
  });

  it('is refused with a reason that can be read, and changes nothing', async () => {
    await people.addStation('no');
    const client = await connect(0);
    await client.call('stream:join', { station: 'no' });
    const codeOf = async (body: unknown) => (await client.call('chat:send', body)).error?.code;
    expect(await codeOf({ station: 'no', text: ' ' })).toBe('message_refused');
    expect(await codeOf({ station: 'no', text: 1 })).toBe('bad_message');
    expect(await codeOf({ station: 'no', text: 'x', mediaTime: Number.NaN })).toBe('bad_message');
    expect(await codeOf({ station: 'nowhere', text: 'x' })).toBe('unknown_station');
    await people.addStation('secret', { public: false });
    expect(await codeOf({ station: 'secret', text: 'x' })).toBe('unknown_station');
    expect(await handle.commands.exists(chatKeys('no').history, chatKeys('secret').history)).toBe(0);
  });

  it('follows the mode of the chat, which a snapshot tells with whether one may write', async () => {
    await people.addStation('circle');
    const [guest, member] = [await connect(0), await connect(1, 'member')];
    const studio = await connect(1, 'owner', '/studio');
    await guest.call('stream:join', { station: 'circle' });
    const settings = await studio.call('chat:settings:set', { station: 'circle', mode: 'members', words: ['plum'] });
    expect(settings).toEqual({ ok: true, mode: 'members', slowSeconds: 0, links: 'everyone' });
    await until(() => guest.heard.length === 1, { what: 'the settings are told' });
    expect(guest.heard[0]).toMatchObject({ event: 'chat:settings', data: { mode: 'members', station: 'circle' } });
    expect(guest.heard[0]?.data).not.toHaveProperty('words');
    const seen = async (client: LiveClient) => (await client.call('stream:join', { station: 'circle' })).snapshot;
    expect(await seen(guest)).toMatchObject({ settings: { mode: 'members' }, you: { mayChat: false } });
    expect(await seen(member)).toMatchObject({ you: { mayChat: true } });
    const send = (client: LiveClient) => client.call('chat:send', { station: 'circle', text: 'hi' });
    expect(await send(guest)).toMatchObject({ ok: false, error: { code: 'chat_closed' } });
    expect(await send(member)).toMatchObject({ ok: true });
    expect(await studio.call('chat:slow', { station: 'circle', seconds: 30 })).toMatchObject({ slowSeconds: 30 });
    expect(await send(member)).toMatchObject({ error: { code: 'slow_mode', retryAfterMs: expect.any(Number) } });
  });
});

describe('moderation', () => {
  it('is for whom the table of permissions names, event by event', async () => {
    await people.addStation('rights');
    const victim = `g${'v'.repeat(16)}`;
    const station = 'rights';
    const calls: [event: string, action: Action, body: object][] = [
      ['chat:mute', 'chat.moderate', { station, target: victim, seconds: 60 }],
      ['chat:unmute', 'chat.moderate', { station, target: victim }],
      ['chat:ban', 'chat.ban', { station, target: victim }],
      ['chat:unban', 'chat.ban', { station, target: victim }],
      ['chat:slow', 'chat.settings', { station, seconds: 0 }],
      ['chat:settings:set', 'chat.settings', { station, links: 'everyone' }],
    ];
    for (const actor of ['guest', 'account', 'member', 'moderator', 'owner', 'admin'] as const) {
      const client = await connect(0, actor, '/studio');
      for (const [event, action, body] of calls) {
        const outcome = outcomeOf(await client.call(event, body));
        expect([actor, event, outcome]).toEqual([actor, event, mayDo(actor, action) ? 'ok' : REFUSED[actor]]);
      }
    }
    const listener = await connect(1, 'owner');
    for (const [event, , body] of calls) {
      expect(await listener.call(event, body)).toMatchObject({ error: { code: 'bad_message' } });
    }
  });

  it('deletes a message for everybody, so that nothing brings it again', async () => {
    await people.addStation('clean');
    const [guest, other] = [await connect(0), await connect(1)];
    const moderator = await connect(1, 'moderator', '/studio');
    const { id: position } = await guest.call('chat:send', { station: 'clean', text: 'first' });
    for (const client of [guest, other]) await client.call('stream:join', { station: 'clean' });
    const { id } = await guest.call('chat:send', { station: 'clean', text: 'bad' });
    const mine = await guest.call('chat:send', { station: 'clean', text: 'mine' });
    await guest.call('chat:send', { station: 'clean', text: 'good' });
    const wish = { station: 'clean', id };
    expect(await other.call('chat:delete', wish)).toMatchObject({ error: { code: 'forbidden' } });
    expect(await moderator.call('chat:delete', wish)).toEqual({ ok: true });
    expect(await guest.call('chat:delete', { station: 'clean', id: mine.id })).toEqual({ ok: true });
    await until(() => other.heard.filter(({ event }) => event === 'chat:deleted').length === 2, { what: 'both told' });
    const deleted = other.heard.filter(({ event }) => event === 'chat:deleted').map(({ data }) => [data.id, data.by]);
    expect(deleted).toEqual([
      [id, 'staff'],
      [mine.id, 'author'],
    ]);
    expect(other.heard.at(-1)?.data.position).not.toBe(mine.id);
    const again = await (await connect(0)).call('stream:join', { station: 'clean', since: position });
    const missed = again.missed.map(({ event, data }: { event: string; data: { text?: string } }) => [
      event,
      data.text,
    ]);
    expect(missed).toEqual([
      ['chat:message', 'good'],
      ['chat:deleted', undefined],
      ['chat:deleted', undefined],
    ]);
    expect(again.snapshot.chat.map(({ text }: { text: string }) => text)).toEqual(['first', 'good']);
  });

  it('bans a guest by address, whatever name they come back under, on all nodes; others go on', async () => {
    await people.addStation('banned');
    const from = async (node: 0 | 1, address: string) => {
      const client = await connectLive(nodes[node].origin, { headers: { 'X-Forwarded-For': address } });
      clients.push(client);
      await client.call('stream:join', { station: 'banned' });
      return client;
    };
    const troll = await from(0, '203.0.113.7');
    const moderator = await connect(1, 'moderator', '/studio');
    await troll.call('chat:send', { station: 'banned', text: 'trolling' });
    await until(() => troll.heard.length === 1, { what: 'the message' });
    const target = (troll.heard[0]?.data.author as { id: string } | undefined)?.id ?? '';
    const ban = { station: 'banned', target, address: true };
    expect(await moderator.call('chat:ban', ban)).toEqual({ ok: true, until: null });
    const send = async (client: LiveClient) =>
      (await client.call('chat:send', { station: 'banned', text: 'hi' })).error?.code ?? 'sent';
    expect(await send(troll)).toBe('banned');
    const seen = async (client: LiveClient) => (await client.call('stream:join', { station: 'banned' })).snapshot.you;
    expect(await seen(troll)).toMatchObject({ mayChat: false, held: { kind: 'ban', until: null } });
    expect(await seen(moderator)).not.toHaveProperty('held');
    expect(await send(await from(1, '203.0.113.7'))).toBe('banned');
    expect(await send(await from(1, '203.0.113.8'))).toBe('sent');
    const everything = await handle.commands.hgetall(chatKeys('banned').restrictions);
    const remembered = await handle.commands.hgetall(chatKeys('banned').people);
    expect(JSON.stringify([everything, remembered])).not.toContain('203.0.113');
    expect(await moderator.call('chat:unban', { station: 'banned', target })).toEqual({ ok: true });
    expect(await send(troll)).toBe('sent');
  });

  it('collects reports and notes what was done in the audit log', async () => {
    await people.addStation('reported');
    const [guest, moderator] = [await connect(0), await connect(1, 'moderator', '/studio')];
    const { id } = await guest.call('chat:send', { station: 'reported', text: 'rude' });
    const report = { station: 'reported', id, reason: 'rude' };
    expect(await moderator.call('chat:report', report)).toEqual({ ok: true });
    expect(await guest.call('chat:report', { ...report, id: 'e-1' })).toMatchObject({ error: { code: 'not_found' } });
    await moderator.call('chat:mute', { station: 'reported', target: `g${'m'.repeat(16)}`, seconds: 60 });
    const { owner } = people.byActor;
    const reports = await owner.client.ask('/stations/reported/chat/reports');
    expect(reports.body.items).toMatchObject([{ message: { id, text: 'rude' }, count: 1, reasons: ['rude'] }]);
    const audit = await owner.client.ask('/stations/reported/audit');
    expect(audit.body.items[0]).toMatchObject({ action: 'chat:mute', by: { id: people.byActor.moderator.id } });
  });
});

it('a station that is removed takes its chat with it', async () => {
  await people.addStation('removed');
  const guest = await connect(0);
  await guest.call('chat:send', { station: 'removed', text: 'x' });
  expect((await people.byActor.owner.client.ask('/stations/removed', { method: 'DELETE' })).status).toBe(204);
  expect(await guest.call('chat:send', { station: 'removed', text: 'y' })).toMatchObject({
    error: { code: 'unknown_station' },
  });
  await people.addStation('removed');
  const { snapshot } = await guest.call('stream:join', { station: 'removed' });
  expect(texts(guest)).toEqual([]);
  expect(snapshot.chat).toEqual([]);
});
