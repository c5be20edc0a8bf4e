import type { Acknowledgement } from '@awaz/infra/contract';
import { until } from '@awaz/infra/testkit';
import { expect, test } from '@jest/globals';
import { LikeModel } from './like-model.ts';
import { FakeChat } from './test/fake-chat.ts';

test('a like counts at once, and once, whatever comes first: its answer or its event', async () => {
  const server = new FakeChat();
  const answers: ((answer: Acknowledgement<{ count: number }>) => void)[] = [];
  const model = new LikeModel({ feed: server.link.feed, like: () => new Promise((answer) => answers.push(answer)) });
  server.open({ likes: 41 });
  expect(model.like()).toBe(true);
  expect(model.like()).toBe(false);
  expect(model.count.value).toBe(42);
  answers.shift()?.({ ok: true, count: 42 });
  await until(() => model.count.value === 42);
  server.tell('interaction:like', { station: 'radio', id: '1-1', position: '1-1', count: 42, at: 0 });
  expect(model.count.value).toBe(42);
  await until(() => model.like());
  answers.shift()?.({ ok: false, error: { code: 'rate_limited', message: '' } });
  await until(() => model.count.value === 42);
  expect(answers).toEqual([]);
});

test('likes during a cut are sent when the way is free', () => {
  const server = new FakeChat();
  let sent = 0;
  const model = new LikeModel({ feed: server.link.feed, like: () => Promise.resolve({ ok: true, count: ++sent }) });
  expect(model.like()).toBe(true);
  expect([model.count.value, sent]).toEqual([1, 0]);
  server.open();
  expect(sent).toBe(1);
});
