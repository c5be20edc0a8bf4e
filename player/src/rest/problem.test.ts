import { ERROR_TABLE } from '@awaz/infra/contract';
import { describe, expect, test } from '@jest/globals';
import { asProblem, RestProblem, readProblem } from './problem.ts';
import { problemText, spanText } from './problem-text.ts';

const answer = (status: number, headers: Record<string, string> = {}) => ({ status, headers: new Headers(headers) });

describe('an answer that is no success', () => {
  test('is read with its code, its wait and its fields', () => {
    const errors = [{ in: 'body', field: 'email', message: 'is no address' }];
    const problem = readProblem(answer(429, { 'Retry-After': '7' }), { code: 'rate_limited', detail: 'Slow.', errors });
    expect(problem).toMatchObject({ code: 'rate_limited', message: 'Slow.', retryAfterMs: 7000 });
    expect(problem.fields).toEqual([{ field: 'email', message: 'is no address' }]);
  });

  test.each([undefined, null, 'text', {}, { code: 'no_such_code' }, { code: 7 }, { code: 'toString' }])(
    'counts as unreachable when it is %p, which is no problem of ours',
    (body) => {
      expect(readProblem(answer(502), body)).toMatchObject({ code: 'unreachable', fields: [] });
    },
  );

  test('whatever was thrown becomes a problem', () => {
    const problem = new RestProblem('forbidden', '');
    expect(asProblem(problem)).toBe(problem);
    expect(asProblem(new TypeError('x')).code).toBe('unreachable');
  });
});

test('every code has words, without a placeholder left in them', () => {
  for (const code of [...Object.keys(ERROR_TABLE), 'unreachable'] as RestProblem['code'][]) {
    expect(problemText(new RestProblem(code, 'why', { retryAfterMs: 90_000 }))).toMatch(/^[^{}]{10,}$/);
  }
});

test.each([
  [1, '1 second'],
  [45_000, '45 seconds'],
  [300_001, '6 minutes'],
])('a wait of %d ms is told as %p', (ms, text) => {
  expect(spanText(ms)).toBe(text);
});
