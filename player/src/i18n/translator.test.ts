import { expect, test } from '@jest/globals';
import { translator } from './translator.ts';

const words = {
  hello: 'Hello',
  behind: '{seconds} s behind {station}',
  listening_one: '{count} listener',
  listening_other: '{count} listeners',
} as const;

test('parameters are put in, and numbers are written as the locale does', () => {
  const t = translator(words);
  expect(t('hello')).toBe('Hello');
  expect(t('behind', { seconds: 3, station: 'Radio' })).toBe('3 s behind Radio');
  expect(translator(words, 'en-IN')('listening', { count: 123456 })).toBe('1,23,456 listeners');
});

test('the count chooses the plural form', () => {
  const t = translator(words);
  expect(t('listening', { count: 1 })).toBe('1 listener');
  expect(t('listening', { count: 0 })).toBe('0 listeners');
});

test('a form that a dictionary lacks falls back to "other"', () => {
  expect(translator(words, 'ar')('listening', { count: 2 })).toBe('2 listeners');
});

test('a key or parameter that is wrong does not compile', () => {
  const t = translator(words);
  // @ts-expect-error -- there is no such key
  t('goodbye');
  // @ts-expect-error -- the station is missing
  t('behind', { seconds: 3 });
  // @ts-expect-error -- a count is a number
  t('listening', { count: 'many' });
  expect(t('hello')).toBe('Hello');
});
