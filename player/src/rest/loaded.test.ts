import { expect, test } from '@jest/globals';
import { loaded } from './loaded.ts';
import { RestProblem } from './problem.ts';

test('what was loaded once stays while a newer load fails', async () => {
  const answers = [Promise.resolve(1), Promise.reject(new RestProblem('overloaded', ''))];
  const thing = loaded(() => answers.shift() ?? Promise.resolve(3));
  expect(thing.view.value).toEqual({ status: 'loading' });
  await thing.refresh();
  expect(thing.view.value).toEqual({ status: 'loaded', value: 1 });
  await thing.refresh();
  expect(thing.view.value).toMatchObject({ status: 'failed', value: 1, problem: { code: 'overloaded' } });
  await thing.refresh();
  expect(thing.view.value).toEqual({ status: 'loaded', value: 3 });
});

test('an answer that was overtaken by a newer question changes nothing', async () => {
  const resolves: ((value: string) => void)[] = [];
  const thing = loaded(() => new Promise<string>((resolve) => resolves.push(resolve)));
  const [first, second] = [thing.refresh(), thing.refresh()];
  resolves[1]?.('new');
  await second;
  resolves[0]?.('old');
  await first;
  expect(thing.view.value.value).toBe('new');
  thing.put('put');
  expect(thing.view.value).toEqual({ status: 'loaded', value: 'put' });
});
