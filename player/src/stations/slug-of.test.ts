import { SLUG_PATTERN } from '@awaz/infra/contract';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { slugOf } from './slug-of.ts';

test.each([
  ['Radio Lahore', 'radio-lahore'],
  ['  Café  Straße 98.7 FM! ', 'cafe-strasse-98-7-fm'],
  ['آواز صبح', ''],
  ['آواز FM', 'fm'],
  ['a'.repeat(60), 'a'.repeat(40)],
  [`${'a'.repeat(39)} b`, 'a'.repeat(39)],
])('%p suggests %p', (title, slug) => {
  expect(slugOf(title)).toBe(slug);
});

test('whatever the title, the suggestion is a slug or nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (title) => {
      const slug = slugOf(title);
      expect(slug === '' || SLUG_PATTERN.test(slug)).toBe(true);
    }),
  );
});
