import { ERROR_TABLE, type ErrorCode } from '@awaz/infra/contract';
import { describe, expect, test } from '@jest/globals';
import { verdictOfClose, verdictOfError } from './close-verdict.ts';
import { reconnectDelay } from './reconnect-backoff.ts';

describe('the verdict on a close', () => {
  test.each(Object.entries(ERROR_TABLE))('reads the code %s from its close code', (code, { close, title }) => {
    const verdict = verdictOfClose({ code: close, reason: '' });
    expect(verdict).toEqual({ code, message: title, retryable: close < 4500, retryAfterMs: 0 });
  });

  test.each([
    [1000, true],
    [1001, true],
    [1005, true],
    [1006, true],
    [1011, true],
    [1012, true],
    [1002, false],
    [1008, false],
    [1009, false],
    [4321, true],
    [4999, false],
  ])('says of close code %i whether connecting again can help: %s', (code, retryable) => {
    expect(verdictOfClose({ code, reason: '' })).toMatchObject({ code: undefined, retryable });
  });

  test('names the cause the network gave', () => {
    expect(verdictOfClose({ code: 1006, reason: 'connect ECONNREFUSED' }).message).toContain('ECONNREFUSED');
    expect(verdictOfClose({ code: 1012, reason: 'restart' }).message).toContain('1012: restart');
  });

  test('believes the server in what may be tried again, and when', () => {
    const message = {
      type: 'error',
      code: 'server_full',
      message: 'Full.',
      retryable: true,
      retryAfterMs: 700,
    } as const;
    expect(verdictOfError(message)).toEqual({
      code: 'server_full',
      message: 'Full.',
      retryable: true,
      retryAfterMs: 700,
    });
  });

  test('does not know the codes of newer servers', () => {
    const code = 'from_the_future' as ErrorCode;
    const verdict = verdictOfError({ type: 'error', code, message: 'New.', retryable: false });
    expect(verdict).toEqual({ code: undefined, message: 'New.', retryable: false, retryAfterMs: 0 });
  });
});

describe('the wait before a reconnect', () => {
  test('doubles from 100 ms to 5 s', () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => reconnectDelay(attempt, () => 0.5));
    expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000]);
  });

  test('is spread by 30 % to either side', () => {
    expect(reconnectDelay(0, () => 0)).toBeCloseTo(70);
    expect(reconnectDelay(0, () => 1)).toBeCloseTo(130);
  });
});
