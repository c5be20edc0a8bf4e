import { EventLog } from '@awaz/infra/events';
import { chatKeys, eventKeys, type RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addBareStation, type ChatPlace, openChats, personId, speakerBy } from '../test/chat-place.ts';
import { MAX_REPORTERS, MAX_REPORTS, MAX_RESTRICTIONS } from './index.ts';

let redis: TestRedis;
let handle: RedisHandle;
let here: ChatPlace;
let there: ChatPlace;
let log: EventLog;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  [here, there] = [openChats(handle), openChats(redis.handle())];
  log = new EventLog(handle);
});
afterAll(() => redis.close());

const moderator = speakerBy('mod', 'moderator', '198.51.100.1');
const ann = speakerBy('ann', 'account', '192.0.2.1');

const codeOf = (doing: Promise<unknown>) =>
  doing.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );

const textsOf = async (station: string) => (await there.chat.recent(station)).map(({ text }) => text);

describe('deleting a message', () => {
  it('takes it out of the history and of what is replayed, and tells of it', async () => {
    await addBareStation(handle, 'del');
    const start = await log.position('del');
    await here.say('del', 'good');
    const { id } = await here.say('del', 'bad', ann);
    await here.say('del', 'fine');
    await there.deletion.delete('del', id, moderator);
    expect(await textsOf('del')).toEqual(['good', 'fine']);
    const { events } = await log.since('del', start);
    expect(events.map(({ event, body }) => [event, (body as { text?: string }).text])).toEqual([
      ['chat:message', 'good'],
      ['chat:message', 'fine'],
      ['chat:deleted', undefined],
    ]);
    expect(events.at(-1)?.body).toEqual({ id, by: 'staff' });
    const everything = await handle.commands.xrange(eventKeys('del').events, '-', '+');
    expect(JSON.stringify(everything)).not.toContain('bad');
    expect(here.noted).toEqual([]);
    expect(there.noted.at(-1)).toMatchObject({
      ...{ action: 'chat:delete', station: 'del', target: id, address: '198.51.100.1' },
      ...{ by: { id: moderator.id, name: 'mod' }, before: { author: { id: ann.id, name: 'ann' } } },
    });
  });

  it('is for its author while it is new, and for staff at any time', async () => {
    await addBareStation(handle, 'own');
    const hasty = openChats(handle, { authorWithinMs: 300 });
    const first = await here.say('own', 'first', ann);
    expect(await codeOf(hasty.deletion.delete('own', first.id, speakerBy('bob', 'account')))).toBe('forbidden');
    await here.deletion.delete('own', first.id, ann);
    const third = await here.say('own', 'third', ann);
    await until(() => Date.now() - third.at > 1000, { what: 'the message is old' });
    expect(await codeOf(hasty.deletion.delete('own', third.id, ann))).toBe('forbidden');
    expect(await textsOf('own')).toContain('third');
    await hasty.deletion.delete('own', third.id, moderator);
    const notedOf = here.noted.filter(({ station }) => station === 'own');
    expect(notedOf).toEqual([]); // authors are not noted
  });

  it('is refused for what is not there, was deleted, or is another one in a new epoch', async () => {
    await addBareStation(handle, 'gone');
    const { id } = await here.say('gone', 'x', ann);
    const [, offset] = id.split('-');
    for (const wrong of ['nonsense', '', `other-${offset}`, `${id}9`]) {
      expect([wrong, await codeOf(here.deletion.delete('gone', wrong, moderator))]).toEqual([wrong, 'not_found']);
    }
    const both = await Promise.all([here, there].map((chats) => codeOf(chats.deletion.delete('gone', id, moderator))));
    expect(both.sort()).toEqual(['done', 'not_found']);
  });

  it('reaches messages that the history has no room for any more, as long as they can be replayed', async () => {
    await addBareStation(handle, 'far');
    const start = await log.position('far');
    const { id } = await here.say('far', 'bad', ann);
    await handle.commands.del(chatKeys('far').history);
    await here.deletion.delete('far', id, moderator);
    expect((await log.since('far', start)).events.map(({ event }) => event)).toEqual(['chat:deleted']);
  });
});

describe('mutes and bans', () => {
  it('hold an account or a guest back until they end or are lifted, whatever process they write to', async () => {
    await addBareStation(handle, 'held');
    const guest = speakerBy('guest');
    for (const kind of ['mute', 'ban'] as const) {
      for (const who of [ann, guest]) {
        const restriction = await here.restrictions.add('held', { kind, target: who.id, seconds: 600 }, moderator);
        expect(restriction.expiresAt).toBe(restriction.at + 600_000);
        const refusal = await there.say('held', 'no', who).catch((error) => error);
        expect(refusal.code).toBe(kind === 'mute' ? 'muted' : 'banned');
        expect(refusal.retryAfterMs).toBeGreaterThan(590_000);
        await there.restrictions.lift('held', { target: who.id, kind }, moderator);
        expect(await codeOf(here.say('held', 'yes', who))).toBe('done');
      }
    }
    const actions = [...here.noted, ...there.noted].filter(({ station }) => station === 'held').map((n) => n.action);
    expect(actions.sort()).toEqual(
      ['chat:ban', 'chat:mute', 'chat:unban', 'chat:unmute'].flatMap((action) => [action, action]),
    );
  });

  it('take back what was written lately where that is asked for', async () => {
    await addBareStation(handle, 'erase');
    for (const text of ['a', 'b']) await here.say('erase', text, ann);
    await here.say('erase', 'stays');
    await here.say('erase', 'c', ann);
    const start = await log.position('erase');
    await here.restrictions.add('erase', { kind: 'ban', target: ann.id, erase: true }, moderator);
    expect(await textsOf('erase')).toEqual(['stays']);
    const { events } = await log.since('erase', start);
    expect(events.map(({ event }) => event)).toEqual(['chat:deleted', 'chat:deleted', 'chat:deleted']);
    expect(here.noted.at(-1)).toMatchObject({ action: 'chat:erase', target: ann.id, before: { messages: 3 } });
  });

  it('end by themselves', async () => {
    await addBareStation(handle, 'ends');
    await here.restrictions.add('ends', { kind: 'mute', target: ann.id, seconds: 1 }, moderator);
    expect(await codeOf(there.say('ends', 'no', ann))).toBe('muted');
    await until(async () => (await codeOf(there.say('ends', 'yes', ann))) === 'done', { what: 'the mute ends' });
    expect((await here.restrictions.list('ends', { limit: 10 })).restrictions).toEqual([]);
    expect(await codeOf(here.restrictions.lift('ends', { target: ann.id }, moderator))).toBe('not_found');
  });

  it('without an end stay, and say no time', async () => {
    await addBareStation(handle, 'forever');
    await here.restrictions.add('forever', { kind: 'ban', target: ann.id, reason: 'spam' }, moderator);
    const refusal = await there.say('forever', 'no', ann).catch((error) => error);
    expect(refusal).toMatchObject({ code: 'banned', retryAfterMs: undefined });
    const { restrictions } = await there.restrictions.list('forever', { limit: 10 });
    expect(restrictions).toEqual([
      {
        ...{ kind: 'ban', target: ann.id, name: '', address: false, expiresAt: null, reason: 'spam' },
        ...{ by: { id: moderator.id, name: 'mod' }, at: expect.any(Number) },
      },
    ]);
  });

  it('by address hold new guests from there back, and keep no address', async () => {
    await addBareStation(handle, 'net');
    const [troll, next, other] = ['t1', 't2', 'x'].map((name, n) => speakerBy(name, 'guest', `203.0.113.${n >> 1}`));
    if (troll === undefined || next === undefined || other === undefined) throw new Error('three people');
    await here.say('net', 'trolling', troll);
    const { deletion, restrictions } = here;
    const [message] = await here.chat.recent('net');
    await deletion.delete('net', message?.id ?? '', moderator); // where it came from is known after that too
    const ban = await restrictions.add('net', { kind: 'ban', target: troll.id, address: true }, moderator);
    expect(ban).toMatchObject({ address: true, name: 't1' });
    expect(await codeOf(there.say('net', 'again', next))).toBe('banned');
    expect(await codeOf(there.say('net', 'hi', other))).toBe('done');
    const staff = { ...speakerBy('boss', 'owner'), address: troll.address };
    expect(await codeOf(there.say('net', 'hi', staff))).toBe('done');
    expect((await there.restrictions.list('net', { limit: 10 })).restrictions).toHaveLength(1);
    const stored = await handle.commands.hgetall(chatKeys('net').restrictions);
    expect(Object.keys(stored)).toContain('ban:~key-of-net-203.0.113.0'); // by the key that the test gives
    await there.restrictions.lift('net', { target: troll.id, kind: 'ban' }, moderator);
    expect(await handle.commands.exists(chatKeys('net').restrictions)).toBe(0);
    expect(await codeOf(here.say('net', 'again', next))).toBe('done');
  });

  it('by address are refused where it is not known, and change nothing', async () => {
    await addBareStation(handle, 'unknown');
    const wish = { kind: 'ban', target: personId('never'), address: true } as const;
    expect(await codeOf(here.restrictions.add('unknown', wish, moderator))).toBe('not_found');
    expect((await here.restrictions.list('unknown', { limit: 10 })).restrictions).toEqual([]);
  });

  it('are not for those who look after the chat', async () => {
    await addBareStation(handle, 'staff');
    for (const actor of ['moderator', 'owner', 'admin'] as const) {
      const target = personId(actor, actor);
      here.actors.set(target, actor);
      expect(await codeOf(here.restrictions.add('staff', { kind: 'ban', target }, moderator))).toBe('forbidden');
    }
    here.actors.set(personId('member', 'member'), 'member');
    const wish = { kind: 'mute', target: personId('member', 'member'), seconds: 60 } as const;
    expect(await codeOf(here.restrictions.add('staff', wish, moderator))).toBe('done');
    expect(await codeOf(here.restrictions.add('nowhere', wish, moderator))).toBe('unknown_station');
  });

  it('come in pages, and there are only so many: those that ended make room', async () => {
    await addBareStation(handle, 'many');
    const { restrictions } = chatKeys('many');
    const numbered = (n: number) => `g${String(n).padStart(16, '0')}`;
    const record = (n: number, expiresAt: number | null) =>
      JSON.stringify({ kind: 'ban', target: numbered(n), name: '', reason: '', by: {}, at: n, expiresAt });
    const fill = (count: number, expiresAt: number | null) =>
      handle.commands.hset(
        restrictions,
        Object.fromEntries(Array.from({ length: count }, (_, n) => [`ban:${numbered(n)}`, record(n, expiresAt)])),
      );
    await fill(MAX_RESTRICTIONS, null);
    const add = () => codeOf(here.restrictions.add('many', { kind: 'ban', target: ann.id }, moderator));
    expect(await add()).toBe('limit_reached');
    const first = await here.restrictions.list('many', { limit: 3 });
    const second = await here.restrictions.list('many', { limit: 3, after: first.after });
    const seen = [...first.restrictions, ...second.restrictions].map(({ at }) => MAX_RESTRICTIONS - at);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6]);
    await fill(10, Date.now() - 1);
    expect(await add()).toBe('done');
    expect(await handle.commands.hlen(restrictions)).toBe(MAX_RESTRICTIONS - 9);
  });
});

describe('reports', () => {
  it('collect who complained about a message, each once, until it is deleted or let be', async () => {
    await addBareStation(handle, 'rep');
    const [bad, odd] = [await here.say('rep', 'bad', ann), await here.say('rep', 'odd', ann)];
    for (const reason of ['rude', 'again']) await here.reports.add('rep', { id: bad.id, reason }, speakerBy('r1'));
    await there.reports.add('rep', { id: bad.id, reason: 'spam' }, speakerBy('r2'));
    await there.reports.add('rep', { id: odd.id }, speakerBy('r1'));
    const { reports, after } = await here.reports.list('rep', { limit: 10 });
    expect(after).toBeUndefined();
    expect(reports.map(({ message, count, reasons }) => [message.text, count, reasons])).toEqual([
      ['odd', 1, []],
      ['bad', 2, ['rude', 'spam']],
    ]);
    await here.deletion.delete('rep', bad.id, moderator);
    await here.reports.dismiss('rep', odd.id, moderator);
    expect((await there.reports.list('rep', { limit: 10 })).reports).toEqual([]);
    expect(await codeOf(here.reports.dismiss('rep', odd.id, moderator))).toBe('not_found');
    expect(here.noted.at(-1)).toMatchObject({ action: 'chat:report:dismiss', target: odd.id });
  });

  it('are refused for what is no message', async () => {
    await addBareStation(handle, 'norep');
    for (const id of ['nonsense', 'e-1']) {
      expect(await codeOf(here.reports.add('norep', { id }, ann))).toBe('not_found');
    }
  });

  it('are bounded in people and in messages, and come in pages', async () => {
    await addBareStation(handle, 'reps');
    const { id } = await here.say('reps', 'first', ann);
    for (let n = 0; n < MAX_REPORTERS + 5; n++) await here.reports.add('reps', { id }, speakerBy(`r${n}`));
    expect((await here.reports.list('reps', { limit: 1 })).reports[0]?.count).toBe(MAX_REPORTERS);
    for (let n = 0; n < MAX_REPORTS; n++) {
      const message = await here.say('reps', String(n), moderator);
      await here.reports.add('reps', { id: message.id }, ann);
    }
    expect(await handle.commands.hlen(chatKeys('reps').reports)).toBe(MAX_REPORTS);
    const first = await here.reports.list('reps', { limit: 2 });
    const second = await here.reports.list('reps', { limit: 2, after: first.after });
    const texts = [...first.reports, ...second.reports].map(({ message }) => message.text);
    expect(new Set(texts)).toEqual(new Set(['499', '498', '497', '496']));
  });
});

describe('settings', () => {
  it('are told when what everybody may know has changed, and noted', async () => {
    await addBareStation(handle, 'set');
    const start = await log.position('set');
    const change = (changes: object) => here.settings.change('set', changes, moderator);
    await change({ slowSeconds: 10 });
    await change({ words: ['Plum', ' plum ', 'Plum'] });
    await change({ slowSeconds: 10 });
    const after = await change({ mode: 'members', links: 'staff' });
    expect(after).toEqual({ mode: 'members', slowSeconds: 10, links: 'staff', words: ['Plum', 'plum'] });
    expect(await there.settings.get('set')).toEqual(after);
    expect(await there.chat.settings('set')).toEqual({ mode: 'members', slowSeconds: 10, links: 'staff' });
    const { events } = await log.since('set', start);
    expect(events.map(({ event, body }) => ({ event, body }))).toEqual([
      { event: 'chat:settings', body: { mode: 'everyone', slowSeconds: 10, links: 'everyone' } },
      { event: 'chat:settings', body: { mode: 'members', slowSeconds: 10, links: 'staff' } },
    ]);
    expect(here.noted.at(-1)).toMatchObject({ action: 'chat:settings:set', before: { mode: 'everyone' }, after });
    expect(await codeOf(here.settings.change('nowhere', {}, moderator))).toBe('unknown_station');
    expect(await codeOf(change({ words: ['***'] }))).toBe('bad_request');
  });
});
