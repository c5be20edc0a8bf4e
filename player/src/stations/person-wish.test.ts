import type { ChatMessage } from '@awaz/infra/contract';
import { expect, test } from '@jest/globals';
import { personOf, writersOf } from './person-wish.ts';

const account = (letter: string) => `a${letter.repeat(16)}`;
const message = (id: string, name: string, at: number): ChatMessage => ({
  ...{ id: `m${at}`, text: 'hello', at },
  author: { id, name, role: 'listener' },
});
const messages = [
  message(account('b'), 'Bilal', 1),
  message(`g${'x'.repeat(16)}`, 'A guest', 2),
  message(account('c'), 'Ayesha', 3),
  message(account('b'), 'Bilal Khan', 4),
  message(account('d'), 'Zainab', 5),
];

test('those who wrote with an account are offered once, the latest first, under their newest name', () => {
  const writers = writersOf(messages, (id) => id === account('d'));
  expect(writers.map(({ name }) => name)).toEqual(['Bilal Khan', 'Ayesha']);
});

test('an address is taken as it is, and a name is the account that wrote under it', () => {
  const writers = writersOf(messages, () => false);
  expect(personOf(' Noor@Example.org ', writers)).toEqual({ email: 'Noor@Example.org' });
  expect(personOf('  ayesha ', writers)).toEqual({ account: account('c') });
  expect(personOf('A guest', writers)).toEqual({ fault: 'nobody' });
  expect(personOf('  ', writers)).toEqual({ fault: 'empty' });
});

test('a name that two accounts wrote under says so', () => {
  const twins = writersOf([message(account('e'), 'Ali', 1), message(account('f'), 'ALI', 2)], () => false);
  expect(personOf('Ali', twins)).toEqual({ fault: 'several' });
});
