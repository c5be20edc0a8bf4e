import type { WebhookTry, WebhookView } from '@awaz/infra/contract';
import { expect, test } from '@jest/globals';
import { healthOf, healthText, newestOfEach, outcomeText, readableBody, tryFacts } from './webhook-text.ts';

const webhook: WebhookView = {
  ...{ id: 'w1', url: 'https://example.org', events: ['live'], createdAt: 1 },
  ...{ failingSince: null, disabledAt: null, disabledReason: null, previousSecretUntil: null },
};
const made: WebhookTry = {
  ...{ messageId: 'm1', type: 'live', body: '{"type":"live"}', attempt: 1, at: 1000, durationMs: 12.6 },
  ...{ status: 204, error: null, nextAt: null },
};

test('a webhook is on, failing, or off with the reason', () => {
  expect(healthOf(webhook)).toBe('on');
  expect(healthOf({ ...webhook, failingSince: 5 })).toBe('failing');
  const off = { ...webhook, failingSince: 5, disabledAt: 9, disabledReason: 'it answered 410' };
  expect(healthOf(off)).toBe('off');
  expect(healthText(off)).toMatch(/^Off since .+: it answered 410$/);
  expect(healthText({ ...off, disabledReason: null })).toMatch(/^Off since .+ not sent later\.$/);
});

test('a try is told with its status and its time, or with why there was no answer', () => {
  expect(outcomeText(made)).toBe('Taken with 204, after 13 ms.');
  expect(outcomeText({ ...made, status: 500, error: 'HTTP 500' })).toMatch(/^Answered with 500/);
  expect(outcomeText({ ...made, status: null, error: 'no route to host' })).toBe('Not taken: no route to host');
  expect(tryFacts({ ...made, attempt: 2, nextAt: 90_000 }, 2000)).toMatch(/ · try 2 · again about .+/);
  expect(tryFacts({ ...made, nextAt: 1500 }, 2000)).not.toMatch(/again/);
});

test('a message is offered again at its newest try alone', () => {
  const tries = [
    { ...made, at: 30, attempt: 2 },
    { ...made, at: 20 },
    { ...made, messageId: 'm2', at: 10 },
  ];
  const newest = newestOfEach(tries);
  expect(tries.map((one) => newest.has(one))).toEqual([true, false, true]);
});

test('the body of a message is written with line breaks, or as it is when it is no JSON', () => {
  expect(readableBody('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(readableBody('plain')).toBe('plain');
});
