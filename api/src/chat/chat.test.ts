import { type Actor, CHAT_MODES, type ChatMode, MAX_CHAT_CHARACTERS } from '@awaz/infra/contract';
import { EventLog } from '@awaz/infra/events';
import { chatKeys, eventKeys, type RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addBareStation, type ChatPlace, openChats, personId, SHOWN_AS, speakerBy } from '../test/chat-place.ts';
import { HOSTILE_TEXTS } from '../test/schema-arbitrary.ts';
import {
  chatText,
  MAX_HISTORY_MESSAGES,
  MAX_MEDIA_AGE_MS,
  MAX_MEDIA_AHEAD_MS,
  MAX_REMEMBERED_PEOPLE,
} from './index.ts';

/** Runs that found something are kept by their seed here; each is run again. */
const SEEDS = [20_261_125, 3];

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

const owner = speakerBy('owner', 'owner');

async function allMessages(station: string): Promise<{ id: string; text: string }[]> {
  const found: { id: string; text: string }[] = [];
  let before: number | undefined;
  do {
    const page = await here.chat.page(station, { before, limit: 100 });
    found.push(...page.messages);
    before = page.before;
  } while (before !== undefined);
  return found.reverse();
}

const codeOf = (sending: Promise<unknown>) =>
  sending.then(
    () => 'sent',
    (error: { code?: string }) => error.code,
  );

describe('a chat', () => {
  it('keeps a message in the history and among the events, under one id and time', async () => {
    await addBareStation(handle, 'one');
    const before = await log.position('one');
    const { id, at } = await here.chat.send('one', speakerBy('Ann', 'member'), { text: '  Hello \n there ' });
    const author = { id: speakerBy('Ann', 'member').id, name: 'Ann', role: 'member' };
    const message = { id, author, text: 'Hello there', at };
    expect(await there.chat.recent('one')).toEqual([{ ...message, station: 'one', position: id }]);
    expect((await there.chat.page('one', { limit: 10 })).messages).toEqual([message]);
    const { events } = await log.since('one', before);
    expect(events).toEqual([
      { event: 'chat:message', body: message, position: { epoch: id.split('-')[0], offset: 1 } },
    ]);
    expect(Math.abs(at - Date.now())).toBeLessThan(60_000);
  });

  it('is not there for a station that is not', async () => {
    expect(await codeOf(here.say('nowhere', 'x'))).toBe('unknown_station');
    expect(await handle.commands.exists(chatKeys('nowhere').history, eventKeys('nowhere').events)).toBe(0);
  });

  it('lets write who may in its mode, cell by cell', async () => {
    const expected: Record<ChatMode, Partial<Record<Actor, true>>> = {
      everyone: { guest: true, account: true, member: true, moderator: true, owner: true, admin: true },
      accounts: { account: true, member: true, moderator: true, owner: true, admin: true },
      members: { member: true, moderator: true, owner: true, admin: true },
      off: {},
    };
    await addBareStation(handle, 'modes');
    for (const mode of CHAT_MODES) {
      await there.settings.change('modes', { mode }, owner);
      for (const actor of Object.keys(SHOWN_AS) as Exclude<Actor, 'stream_key'>[]) {
        const outcome = await codeOf(here.say('modes', `${mode} ${actor}`, speakerBy(actor, actor)));
        expect([mode, actor, outcome]).toEqual([mode, actor, expected[mode][actor] ? 'sent' : 'chat_closed']);
      }
    }
    for (const { author } of await here.chat.recent('modes')) {
      expect(author.role).toBe(SHOWN_AS[author.name as keyof typeof SHOWN_AS]);
    }
  });

  it('follows settings that another process has just changed, also where they are known', async () => {
    await addBareStation(handle, 'changed');
    await here.say('changed', 'before');
    await there.settings.change('changed', { mode: 'off' }, owner);
    expect(await codeOf(here.say('changed', 'no'))).toBe('chat_closed');
    await there.settings.change('changed', { mode: 'everyone', words: ['plum'] }, owner);
    expect(await codeOf(here.say('changed', 'a plum'))).toBe('message_refused');
    expect(await codeOf(here.say('changed', 'a pear'))).toBe('sent');
  });

  it('refuses words and links of others than staff, in a guest’s name too, and says which it was', async () => {
    await addBareStation(handle, 'filter');
    await here.settings.change('filter', { links: 'staff', words: ['plum'] }, owner);
    const messageOf = (text: string, by = speakerBy('ann', 'member')) =>
      there.say('filter', text, by).then(
        () => 'sent',
        ({ message }: Error) => message,
      );
    expect(await messageOf('a PLÜM')).toMatch(/the message holds a word/);
    expect(await messageOf('see example.com')).toMatch(/the message holds a link/);
    expect(await messageOf('hi', speakerBy('p l u m'))).toMatch(/your name holds a word/);
    expect(await messageOf('hi', speakerBy('example.com'))).toMatch(/your name holds a link/);
    expect(await messageOf('hi', speakerBy('Plum', 'account'))).toBe('sent');
    expect(await messageOf('plum, https://example.com', speakerBy('mod', 'moderator'))).toBe('sent');
  });

  it('keeps the media time that can be heard now, and leaves any other out', async () => {
    await addBareStation(handle, 'timed');
    const now = Date.now();
    const times = [now - 5000.4, now - MAX_MEDIA_AGE_MS - 60_000, now + MAX_MEDIA_AHEAD_MS + 60_000, Number.NaN];
    for (const mediaTime of times) await here.chat.send('timed', owner, { text: String(mediaTime), mediaTime });
    const kept = await here.chat.recent('timed');
    expect(kept.map(({ mediaTime }) => mediaTime)).toEqual([now - 5000, undefined, undefined, undefined]);
  });

  it('keeps the order in which each sender wrote, over processes', async () => {
    await addBareStation(handle, 'order');
    const writers = Array.from({ length: 8 }, async (_, who) => {
      const chats = who % 2 === 0 ? here : there;
      for (let n = 0; n < 25; n++) await chats.say('order', `${who} ${n}`, speakerBy(`w${who}`, 'account'));
    });
    await Promise.all(writers);
    const texts = (await allMessages('order')).map(({ text }) => text.split(' ').map(Number));
    expect(texts).toHaveLength(200);
    for (let who = 0; who < 8; who++) {
      const own = texts.filter(([writer]) => writer === who).map(([, n]) => n);
      expect(own).toEqual(Array.from({ length: 25 }, (_, n) => n));
    }
  });

  it('stays bounded over 10,000 messages of as many people', async () => {
    await addBareStation(handle, 'full');
    const many = 10_000;
    for (let n = 0; n < many; n += 100) {
      const batch = Array.from({ length: 100 }, (_, i) => here.say('full', `${n + i}`, speakerBy(`p${n + i}`)));
      await Promise.all(batch);
    }
    const { history, people, spoke } = chatKeys('full');
    expect(await handle.commands.xlen(history)).toBe(MAX_HISTORY_MESSAGES);
    expect(await handle.commands.hlen(people)).toBe(MAX_REMEMBERED_PEOPLE);
    expect(await handle.commands.zcard(spoke)).toBe(MAX_REMEMBERED_PEOPLE);
    expect(await handle.commands.xlen(eventKeys('full').events)).toBeLessThan(4200);
    const sizes = await Promise.all(
      [history, people, spoke].map((key) => handle.commands.memory('USAGE', key, 'SAMPLES', 0)),
    );
    const bytes = sizes.reduce<number>((sum, size) => sum + Number(size), 0);
    process.stdout.write(`a chat at its bounds: ${(bytes / 1e6).toFixed(2)} MB\n`);
    expect(bytes).toBeLessThan(4_000_000);
    const kept = (await allMessages('full')).map(({ text }) => Number(text));
    expect(kept).toHaveLength(MAX_HISTORY_MESSAGES);
    expect(Math.min(...kept)).toBeGreaterThanOrEqual(many - MAX_HISTORY_MESSAGES - 100);
  });

  it('tells each message once over its pages, while others come', async () => {
    await addBareStation(handle, 'pages');
    for (let n = 0; n < 25; n++) await here.say('pages', String(n));
    const first = await here.chat.page('pages', { limit: 10 });
    await here.say('pages', 'late');
    const second = await here.chat.page('pages', { limit: 10, before: first.before });
    const third = await here.chat.page('pages', { limit: 10, before: second.before });
    const texts = [first, second, third].flatMap(({ messages }) => messages.map(({ text }) => Number(text)));
    expect(texts).toEqual(Array.from({ length: 25 }, (_, n) => 24 - n));
    expect(third.before).toBeUndefined();
  });

  it('forgets what is older than a week', async () => {
    await addBareStation(handle, 'old');
    await here.say('old', 'new enough');
    const { history } = chatKeys('old');
    await handle.commands.del(history);
    const old = {
      id: 'e-1',
      at: Date.now() - 8 * 86_400_000,
      author: { id: 'g', name: 'Old', role: 'guest' },
      text: 'x',
    };
    await handle.commands.xadd(history, '1-0', 'body', JSON.stringify(old));
    expect(await here.chat.recent('old')).toEqual([]);
    await here.say('old', 'fresh');
    expect(await handle.commands.xlen(history)).toBe(1);
  });

  it('keeps the ids of messages when Redis crashed and a new epoch began', async () => {
    const own = await startTestRedis();
    const chats = openChats(own.handle());
    await addBareStation(own.handle(), 'crash');
    const { id } = await chats.say('crash', 'before');
    await own.restart();
    const after = await until(() => chats.say('crash', 'after').catch(() => undefined), { what: 'Redis is back' });
    expect(after.id.split('-')[0]).not.toBe(id.split('-')[0]);
    expect((await chats.chat.recent('crash')).map((message) => message.id)).toContain(id);
    await chats.deletion.delete('crash', id, owner);
    expect((await chats.chat.recent('crash')).map(({ text }) => text)).not.toContain('before');
    await own.close();
  });
});

describe('a message that is sent again', () => {
  it('under the same key is there once, also at the same time and in slow mode, and is answered alike', async () => {
    await addBareStation(handle, 'again');
    await here.settings.change('again', { slowSeconds: 60 }, owner);
    const ann = speakerBy('ann');
    const send = (chats: ChatPlace, key: string) => chats.chat.send('again', ann, { text: 'hi', key });
    const answers = await Promise.all([send(here, 'k1'), send(there, 'k1'), send(here, 'k1')]);
    answers.push(await send(there, 'k1'));
    expect(new Set(answers.map(({ id, at }) => `${id} ${at}`)).size).toBe(1);
    expect(await here.chat.recent('again')).toHaveLength(1);
    expect(await codeOf(send(here, 'k2'))).toBe('slow_mode');
    expect(await codeOf(here.chat.send('again', speakerBy('bob'), { text: 'mine', key: 'k1' }))).toBe('sent');
    expect((await here.chat.recent('again')).map(({ text }) => text)).toEqual(['hi', 'mine']);
  });
});

describe('slow mode', () => {
  it('lets one message of each person pass, of a hundred sent at once by each over two processes', async () => {
    await addBareStation(handle, 'slow');
    await here.settings.change('slow', { slowSeconds: 60 }, owner);
    const people = ['ann', 'bob', 'cid'].map((name) => speakerBy(name, 'account'));
    const outcomes = await Promise.all(
      people.flatMap((who) =>
        Array.from({ length: 100 }, (_, n) => codeOf((n % 2 ? here : there).say('slow', String(n), who))),
      ),
    );
    expect(outcomes.filter((code) => code === 'sent')).toHaveLength(people.length);
    expect(outcomes.filter((code) => code === 'slow_mode')).toHaveLength(300 - people.length);
    const authors = (await here.chat.recent('slow')).map(({ author }) => author.name);
    expect(authors.sort()).toEqual(['ann', 'bob', 'cid']);
  });

  it('says when one may write again, and then one may', async () => {
    await addBareStation(handle, 'slower');
    await here.settings.change('slower', { slowSeconds: 1 }, owner);
    const ann = speakerBy('ann');
    await here.say('slower', 'first', ann);
    const refusal = await there.say('slower', 'second', ann).catch((error) => error);
    expect(refusal).toMatchObject({ code: 'slow_mode', message: expect.stringMatching(/again in 1 s/) });
    expect(refusal.retryAfterMs).toBeGreaterThan(0);
    expect(refusal.retryAfterMs).toBeLessThanOrEqual(1000);
    await until(async () => (await codeOf(there.say('slower', 'third', ann))) === 'sent', {
      what: 'slow mode ends',
    });
  });

  it('is not for those who look after the chat', async () => {
    await addBareStation(handle, 'exempt');
    await here.settings.change('exempt', { slowSeconds: 60 }, owner);
    for (const actor of ['moderator', 'owner', 'admin'] as const) {
      for (const text of ['a', 'b']) await here.say('exempt', text, speakerBy(actor, actor));
    }
    expect(await here.chat.recent('exempt')).toHaveLength(6);
  });
});

describe('mentions', () => {
  it('are those who wrote lately, by their whole name', async () => {
    await addBareStation(handle, 'mention');
    const people = ['Ann', 'Ann Lee', 'Çelik', 'रवि'].map((name, n) => ({ ...speakerBy(`m${n}`, 'account'), name }));
    for (const person of people) await here.say('mention', 'hi', person);
    const [ann, annLee, celik, ravi] = people.map(({ id }) => id);
    const cases: [string, (string | undefined)[]][] = [
      ['@ann hi', [ann]],
      ['hello @Ann Lee!', [annLee]],
      ['(@ANN), @çelik and @रवि.', [ann, celik, ravi]],
      ['@ann @ann', [ann]],
      ['@annabel, mail@ann.org, @nobody, @', []],
    ];
    for (const [text, mentions] of cases) {
      await here.say('mention', text, owner);
      const last = (await here.chat.recent('mention')).at(-1);
      expect([text, last?.mentions ?? []]).toEqual([text, mentions]);
    }
  });
});

describe('a message', () => {
  it('comes back as it was kept, whatever its text and the name of its writer hold', async () => {
    await addBareStation(handle, 'hostile');
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...HOSTILE_TEXTS, '"}],"id":"x', '\\', '%s %d'),
    );
    let sent = 0;
    for (const seed of SEEDS) {
      await fc.assert(
        fc.asyncProperty(text, text, async (raw, name) => {
          const sending = here.chat.send('hostile', { ...speakerBy('x', 'member'), name }, { text: raw });
          if ((await codeOf(sending)) !== 'sent') return;
          sent++;
          const { id } = await sending;
          const last = (await there.chat.recent('hostile')).at(-1);
          const author = { id: personId('x', 'member'), name: name.replaceAll(/\p{Cs}/gu, '\ufffd'), role: 'member' };
          expect(last).toMatchObject({ id, text: chatText(raw), author });
          await here.restrictions.add('hostile', { kind: 'ban', target: author.id, reason: raw }, { ...owner, name });
          await here.restrictions.lift('hostile', { target: author.id }, owner);
          await there.reports.add('hostile', { id, reason: raw }, owner);
          await there.deletion.delete('hostile', id, owner);
        }),
        { seed, numRuns: 60 },
      );
    }
    expect(sent).toBeGreaterThan(40);
  });

  it('that is empty or too long is refused and changes nothing', async () => {
    await addBareStation(handle, 'refused');
    for (const text of ['', ' \n ', '\u200b\u202e', 'x'.repeat(MAX_CHAT_CHARACTERS + 1), 'x'.repeat(1e6)]) {
      expect(await codeOf(here.say('refused', text))).toBe('message_refused');
    }
    expect(await here.chat.recent('refused')).toEqual([]);
    expect(await codeOf(here.say('refused', '👩‍👩‍👧‍👦'.repeat(300)))).toBe('sent');
  });
});
