import { expect, test } from '@jest/globals';
import { LiveMarks } from './live-marks.ts';

const station = (slug: string, live: boolean) => ({
  ...{ slug, title: slug, live, startedAt: live ? 1 : null },
  listeners: { count: live ? 7 : 0, exact: true },
  ...{ language: null, tags: [], artwork: null },
});

test('what an event told is put over a list that is older, and forgotten when lists know it', () => {
  const marks = new LiveMarks();
  marks.note('jazz', 5000, 10_000);
  marks.note('news', null, 10_000);
  const old = [station('jazz', false), station('news', true), station('talk', true)];
  expect(marks.over(old, 10_500)).toEqual([
    { ...station('jazz', true), startedAt: 5000, listeners: null },
    { ...station('news', false), listeners: null },
    station('talk', true),
  ]);
  const fresh = [station('jazz', true), station('news', false)];
  expect(marks.over(fresh, 11_000)).toEqual(fresh);
  expect(marks.over(old, 13_001)).toEqual(old);
});
