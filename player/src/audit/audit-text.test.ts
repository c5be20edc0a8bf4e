import { expect, test } from '@jest/globals';
import { actionText } from './audit-text.ts';

test('what was done is told in words, and by its name where there are none', () => {
  expect(actionText('admin.stream_stopped')).toBe('Stopped a stream');
  expect(actionText('something.new')).toBe('something.new');
});
