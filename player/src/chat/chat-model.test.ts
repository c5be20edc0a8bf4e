import { until } from '@awaz/infra/testkit';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ChatModel, MAX_MESSAGES } from './chat-model.ts';
import { MAX_PENDING } from './pending-message.ts';
import { FakeChat } from './test/fake-chat.ts';

let server: FakeChat;
let model: ChatModel;

beforeEach(() => {
  server = new FakeChat();
  model = new ChatModel(server.link);
});
afterEach(() => model.close());

const texts = () => model.messages.value.map(({ text }) => text);
const waiting = () => model.pending.value.map(({ text, state }) => [text, state]);
const onTheWay = (): string[] => server.sent.map(({ text }) => text);
const cut = { code: 'unavailable', message: '' } as const;

describe('messages', () => {
  test('of the snapshot come first, then each event once', () => {
    const first = server.message('one');
    server.open({ chat: [first] });
    server.tell('chat:message', first);
    server.say('two');
    expect(texts()).toEqual(['one', 'two']);
  });

  test('stay over a cut of which nothing was missed, and are replaced after one of which that is not known', () => {
    server.open({ chat: [server.message('one')] });
    const missed = server.say('two');
    server.state('waiting');
    server.open({ chat: [missed] }, true);
    expect(texts()).toEqual(['one', 'two']);
    server.open({ chat: [server.message('nine')] });
    expect(texts()).toEqual(['nine']);
  });

  test('that are deleted go', () => {
    server.open();
    const gone = server.say('rude');
    server.say('kind');
    server.tell('chat:deleted', { station: 'radio', id: gone.id, position: '1-9', by: 'staff' });
    expect(texts()).toEqual(['kind']);
  });

  test(`are held up to ${MAX_MESSAGES}, the newest`, () => {
    server.open();
    for (let i = 0; i <= MAX_MESSAGES; i++) server.say(String(i));
    expect(model.messages.value).toHaveLength(MAX_MESSAGES);
    expect(texts()[0]).toBe('1');
  });
});

describe('sending', () => {
  test('keeps the order: one goes when the one before is answered', async () => {
    server.open();
    for (const text of ['one', 'two']) model.send(text);
    expect(onTheWay()).toEqual(['one']);
    server.say('one', 'me');
    server.answer({ id: '1-1' });
    await until(() => onTheWay()[0] === 'two');
    expect(waiting()).toEqual([['two', 'sending']]);
  });

  test('a message that is accepted before its event stays in sight until that comes', async () => {
    server.open();
    model.send('one');
    server.answer({ id: '1-1' });
    await until(() => model.pending.value[0]?.state === 'sent');
    server.say('one', 'me');
    expect(waiting()).toEqual([]);
    expect(texts()).toEqual(['one']);
  });

  test('while cut off messages wait, and go when the chat is open again', () => {
    model.send('hello?');
    expect(waiting()).toEqual([['hello?', 'queued']]);
    expect(onTheWay()).toEqual([]);
    server.open();
    expect(onTheWay()).toEqual(['hello?']);
  });

  test('one whose answer was lost is sent again, unless it is seen to have arrived', async () => {
    server.open();
    model.send('did that arrive?');
    server.state('waiting');
    server.answer(cut);
    await until(() => model.pending.value[0]?.state === 'queued');
    const arrived = server.message('did that arrive?', 'me');
    server.tell('chat:message', arrived);
    server.open({}, true);
    expect(waiting()).toEqual([]);
    expect(onTheWay()).toEqual([]);
    model.send('and that?');
    const key = server.sent[0]?.key;
    server.state('waiting');
    server.answer(cut);
    await until(() => model.pending.value[0]?.state === 'queued');
    server.open({}, true);
    expect(server.sent).toEqual([expect.objectContaining({ text: 'and that?', key })]);
  });

  test('slow mode holds a message back and sends it by itself when its time has come', async () => {
    server.open();
    model.send('one');
    server.answer({ code: 'slow_mode', message: '', retryAfterMs: 500 });
    await until(() => model.hold.value?.kind === 'slow');
    model.send('two');
    expect(onTheWay()).toEqual([]);
    await until(() => onTheWay()[0] === 'one');
    expect(model.hold.value).toBeUndefined();
  });

  test('a mute is held with its end, a ban for good, and the message is given back', async () => {
    server.open();
    model.send('one');
    server.answer({ code: 'muted', message: '', retryAfterMs: 60_000 });
    await until(() => model.hold.value?.kind === 'muted');
    expect(model.hold.value?.until).toBeGreaterThan(Date.now() + 50_000);
    expect(waiting()).toEqual([['one', 'failed']]);
    server.open();
    expect(model.hold.value).toBeUndefined();
    model.again(model.pending.value[0]?.key ?? '');
    server.answer({ code: 'banned', message: '' });
    await until(() => model.hold.value?.kind === 'banned');
    expect(model.hold.value?.until).toBeUndefined();
  });

  test('who comes while muted or banned is told so from the beginning', () => {
    const me = { id: 'me', name: 'Me', role: 'guest', station: 'guest', mayChat: false } as const;
    server.open({ you: { ...me, held: { kind: 'ban', until: null } } });
    expect(model.hold.value).toEqual({ kind: 'banned', until: undefined });
    const until = Date.now() + 60_000;
    server.open({ you: { ...me, held: { kind: 'mute', until } } });
    expect(model.hold.value).toEqual({ kind: 'muted', until });
    server.open();
    expect(model.hold.value).toBeUndefined();
  });

  test('one that a rule refuses keeps no other from being sent', async () => {
    server.open();
    for (const text of ['rude', 'kind']) model.send(text);
    server.answer({ code: 'message_refused', message: 'contains a blocked word.' });
    await until(() => onTheWay()[0] === 'kind');
    expect(waiting()).toEqual([
      ['rude', 'failed'],
      ['kind', 'sending'],
    ]);
    model.forget(model.pending.value[0]?.key ?? '');
    expect(waiting()).toEqual([['kind', 'sending']]);
  });

  test(`more than ${MAX_PENDING} that wait are refused, and so is nothing`, () => {
    for (let i = 0; i < MAX_PENDING; i++) expect(model.send(String(i))).toBe(true);
    expect(model.send('one more')).toBe(false);
    model.forget(model.pending.value[0]?.key ?? '');
    expect(model.send('  ')).toBe(false);
  });
});

describe('who may write', () => {
  const you = (station: 'guest' | 'account' | 'member' | 'owner') => ({
    ...{ id: 'me', name: 'Me', role: 'guest' as const, mayChat: true, station },
  });
  test.each([
    ['everyone', 'guest', undefined],
    ['accounts', 'guest', 'accounts'],
    ['accounts', 'account', undefined],
    ['members', 'guest', 'members'],
    ['members', 'account', 'members'],
    ['members', 'member', undefined],
    ['off', 'owner', 'off'],
  ] as const)('in mode %s a %s is answered with %p', (mode, station, closed) => {
    server.open({ you: you(station) });
    server.tell('chat:settings', {
      station: 'radio',
      id: '1-1',
      position: '1-1',
      mode,
      slowSeconds: 0,
      links: 'staff',
    });
    expect(model.closed.value).toBe(closed);
  });
});
