import { expect, test } from '@jest/globals';
import { paged } from './paged.ts';
import { RestProblem } from './problem.ts';

test('parts follow one another, and one that fails can be asked for again', async () => {
  let isAway = false;
  const list = paged(async (cursor) => {
    if (isAway) throw new RestProblem('overloaded', '');
    return cursor === undefined ? { items: [1, 2], next: 'second' } : { items: [3], next: null };
  });
  await list.more();
  expect(list.view.value).toEqual({ status: 'loading', items: [], hasMore: false });
  await list.refresh();
  expect(list.view.value).toEqual({ status: 'loaded', items: [1, 2], hasMore: true });
  isAway = true;
  await list.more();
  expect(list.view.value).toMatchObject({ status: 'failed', items: [1, 2], hasMore: true });
  isAway = false;
  await list.more();
  expect(list.view.value).toEqual({ status: 'loaded', items: [1, 2, 3], hasMore: false });
  list.replace(20, (item) => item === 2);
  expect(list.view.value.items).toEqual([1, 20, 3]);
  await list.refresh();
  expect(list.view.value.items).toEqual([1, 2]);
});
