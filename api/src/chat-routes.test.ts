import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient, type ApiNode, startApiNode } from './test/api-node.ts';
import { gatherPeople, type People } from './test/api-people.ts';
import { type ChatPlace, openChats, personId, speakerBy } from './test/chat-place.ts';

let redis: TestRedis;
let handle: RedisHandle;
let node: ApiNode;
let people: People;
let chats: ChatPlace;
let guest: ApiClient;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  node = await startApiNode(redis);
  people = await gatherPeople(node, handle);
  chats = openChats(handle);
  guest = new ApiClient(node.origin);
});
afterAll(async () => {
  people.close();
  await node.close();
  await redis.close();
});

const target = personId('troll');

describe('GET stations/{station}/chat', () => {
  it('tells messages from the newest to the oldest, page by page, to whoever may see the station', async () => {
    await people.addStation('talk');
    for (let n = 0; n < 25; n++) await chats.say('talk', String(n), speakerBy('Ann', 'member'));
    const first = await guest.ask('/stations/talk/chat?limit=20');
    expect(first.status).toBe(200);
    expect(first.body.items[0]).toEqual({
      ...{ id: expect.stringMatching(/-25$/), text: '24', at: expect.any(Number) },
      author: { id: personId('Ann', 'member'), name: 'Ann', role: 'member' },
    });
    const second = await guest.ask(`/stations/talk/chat?limit=20&cursor=${first.body.next}`);
    const texts = [...first.body.items, ...second.body.items].map(({ text }: { text: string }) => Number(text));
    expect(texts).toEqual(Array.from({ length: 25 }, (_, n) => 24 - n));
    expect(second.body.next).toBeNull();
    expect((await guest.ask('/stations/talk/chat?cursor=nonsense')).body.code).toBe('bad_request');
  });

  it('of a private station is hidden from strangers', async () => {
    await people.addStation('hidden', { public: false });
    expect((await guest.ask('/stations/hidden/chat')).body.code).toBe('unknown_station');
    expect((await people.byActor.member.client.ask('/stations/hidden/chat')).status).toBe(200);
  });
});

describe('DELETE stations/{station}/chat/{message}', () => {
  it('is for its author while it is new and for those who look after the chat', async () => {
    await people.addStation('del');
    const { account, member, moderator } = people.byActor;
    const own = { ...speakerBy('x', 'account'), id: account.id };
    const [mine, other] = [await chats.say('del', 'mine', own), await chats.say('del', 'other')];
    const remove = async (client: ApiClient, id: string) => {
      const { status, body } = await client.ask(`/stations/del/chat/${id}`, { method: 'DELETE' });
      return status === 204 ? 'deleted' : body.code;
    };
    expect(await remove(guest, mine.id)).toBe('unauthenticated');
    expect(await remove(member.client, mine.id)).toBe('forbidden');
    expect(await remove(account.client, other.id)).toBe('forbidden');
    expect(await remove(account.client, mine.id)).toBe('deleted');
    expect(await remove(moderator.client, other.id)).toBe('deleted');
    expect(await remove(moderator.client, other.id)).toBe('not_found');
    expect(await remove(moderator.client, 'nonsense')).toBe('bad_request');
    expect((await guest.ask('/stations/del/chat')).body.items).toEqual([]);
  });
});

describe('looking after a chat', () => {
  it('mutes and bans, lists and lifts', async () => {
    await people.addStation('care');
    const { client, id, name } = people.byActor.moderator;
    const path = '/stations/care/chat/restrictions';
    const muted = await client.post(path, { kind: 'mute', target, seconds: 60, reason: ' too\nloud ' });
    expect(muted.status).toBe(201);
    expect(muted.body).toMatchObject({ kind: 'mute', target, reason: 'too loud', by: { id, name }, address: false });
    const banned = await client.post(path, { kind: 'ban', target });
    expect(banned.body).toMatchObject({ kind: 'ban', expiresAt: null });
    const { body } = await client.ask(`${path}?limit=1`);
    expect(body.items.map(({ kind }: { kind: string }) => kind)).toEqual(['ban']);
    const rest = await client.ask(`${path}?limit=1&cursor=${body.next}`);
    expect(rest.body).toMatchObject({ items: [{ kind: 'mute' }], next: null });
    expect((await chats.say('care', 'x', speakerBy('troll')).catch((error) => error)).code).toBe('banned');
    expect((await client.ask(`${path}/${target}?kind=ban`, { method: 'DELETE' })).status).toBe(204);
    expect((await chats.say('care', 'x', speakerBy('troll')).catch((error) => error)).code).toBe('muted');
    expect((await client.ask(`${path}/${target}`, { method: 'DELETE' })).status).toBe(204);
    expect((await client.ask(`${path}/${target}`, { method: 'DELETE' })).status).toBe(404);
    for (const wrong of [
      { kind: 'mute', target },
      { kind: 'ban', target: 'x' },
      { kind: 'kick', target },
    ]) {
      expect((await client.post(path, wrong)).body.code).toBe('bad_request');
    }
    const owner = { kind: 'ban', target: people.byActor.owner.id };
    expect((await client.post(path, owner)).body.code).toBe('forbidden');
  });

  it('changes what the chat allows, and shows the word filter to staff alone', async () => {
    await people.addStation('rules');
    const { moderator, member } = people.byActor;
    const path = '/stations/rules/chat/settings';
    const body = { mode: 'accounts', slowSeconds: 5, links: 'staff', words: ['plum'] };
    expect((await moderator.client.ask(path, { method: 'PATCH', body })).body).toEqual(body);
    expect((await moderator.client.ask(path)).body).toEqual(body);
    expect((await member.client.ask(path)).body.code).toBe('forbidden');
    const change = (wrong: object) => moderator.client.ask(path, { method: 'PATCH', body: wrong });
    for (const wrong of [{ mode: 'x' }, { slowSeconds: -1 }, { slowSeconds: 1e9 }, { words: ['*'] }, { words: 'x' }]) {
      expect((await change(wrong)).body.code).toBe('bad_request');
    }
    expect((await moderator.client.ask(path)).body).toEqual(body);
  });

  it('reads reports and lets messages be', async () => {
    await people.addStation('reps');
    const { id } = await chats.say('reps', 'odd');
    await chats.reports.add('reps', { id, reason: 'odd' }, speakerBy('r'));
    const { client } = people.byActor.moderator;
    const path = '/stations/reps/chat/reports';
    expect((await client.ask(path)).body).toMatchObject({ items: [{ message: { id }, count: 1 }], next: null });
    expect((await client.ask(`${path}/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await client.ask(path)).body.items).toEqual([]);
  });
});
