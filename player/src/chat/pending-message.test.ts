import { describe, expect, test } from '@jest/globals';
import { type PendingMessage, withoutArrived } from './pending-message.ts';

const one = (number: number, rest: Partial<PendingMessage> = {}): PendingMessage => ({
  ...{ key: `key${number}`, text: `text ${number}`, state: 'queued', wasTried: false },
  ...rest,
});

describe('a message that came', () => {
  test('takes its own place by its id, even when another says the same', () => {
    const pending = [one(1, { text: 'hi', wasTried: true }), one(2, { text: 'hi', state: 'sent', id: '1-2' })];
    expect(withoutArrived(pending, { id: '1-2', text: 'hi' })).toEqual([pending[0]]);
  });

  test('takes the first of those whose answer was lost and who say the same, however it is spelt', () => {
    const pending = [one(1, { wasTried: true }), one(2, { text: 'cafe\u0301  noir', wasTried: true })];
    expect(withoutArrived(pending, { id: '1-3', text: 'café noir' })).toEqual([pending[0]]);
  });

  test.each([
    ['that was never sent', { wasTried: false }],
    ['that was refused', { wasTried: true, state: 'failed' as const }],
    ['whose id is another one', { wasTried: true, state: 'sent' as const, id: '1-9' }],
  ])('does not take a message %s', (_what, rest) => {
    const pending = [one(1, { text: 'hi', ...rest })];
    expect(withoutArrived(pending, { id: '1-4', text: 'hi' })).toBe(pending);
  });
});
